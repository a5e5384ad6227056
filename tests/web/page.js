'use strict';
// The search page on the sample articles. Usage: node page.js URL
const fs = require('fs');
const { test, equal, ok, accessible, becomes, main } = require('./harness.js');

const RIYADH = 'sha256:6ea484dfb4fac1a62f16f6dfe9342d11';
const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const changed = (page, was) =>
  page.waitForFunction((w) => document.querySelector('.found').innerText !== w, was).then(() => page.locator('.found').innerText());
const params = (page, name) => new URL(page.url()).searchParams.getAll(name);

/* ---- typing and suggestions ---- */

test('typing finds, and the address says what', async ({ page, open }) => {
  await open('');
  await page.fill('#q', 'moratorium energy');
  await shown(page, '#results mark', { hasText: 'moratorium' });
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?q=moratorium\+energy$/);
});

test('an unfinished word finds what it begins', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('morator');
  await shown(page, '#results mark', { hasText: 'moratorium' });
  equal(param(page, 'prefix'), '1');
});

test('enter keeps what typing found, and so do reload and back', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.card');
  await page.locator('#q').pressSequentially('trad');
  await shown(page, '.results[data-of=trad] .card');
  const list = () => page.locator('.found, .card h3').allInnerTexts();
  const found = await list();
  equal(await page.locator('#notices p').count(), 0, 'while one types');
  await page.keyboard.press('Enter');
  await shown(page, '#notices', { hasText: 'trad stands for trade' });
  equal([await list(), param(page, 'prefix')], [found, '1']);
  await page.reload();
  await shown(page, '.results[data-of=trad] .card');
  equal(await list(), found, 'reload');
  await page.fill('#q', 'riya');
  await page.keyboard.press('Enter'); // before typing has searched
  await shown(page, '.results[data-of=riya] .card');
  await page.goBack();
  await shown(page, '.results[data-of=trad] .card');
  equal(await list(), found, 'back');
  await open('?q=trade&prefix=1&kind=articles');
  await page.locator('#notices a', { hasText: 'Only the whole word' }).click();
  await page.waitForURL(/\?q=trade&kind=articles$/);
});

test('the slash goes to the box, arrows to suggestions, enter takes one, escape closes', async ({ page, open }) => {
  await open('');
  await shown(page, '.card');
  await page.keyboard.press('/');
  equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.type('riya');
  await shown(page, '.suggestion', { hasText: 'riyadh' });
  equal(await page.getAttribute('#q', 'aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  const active = await page.getAttribute('#q', 'aria-activedescendant');
  equal(await page.getAttribute(`#${active}`, 'aria-selected'), 'true');
  equal(await page.inputValue('#q'), 'riyadh');
  await page.keyboard.press('Escape');
  equal(await page.inputValue('#q'), 'riya', 'the text as typed');
  equal(await page.getAttribute('#q', 'aria-expanded'), 'false');
  await page.keyboard.press('ArrowDown');
  await shown(page, '.suggestion');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?q=riyadh$/);
  await shown(page, '.card.talk');
});

test('what the box says is what is searched, whatever row was looked at', async ({ page, open }) => {
  await open('');
  for (const [leave, wanted] of [[() => page.keyboard.press('Tab'), 'riya'], [() => page.mouse.click(5, 700), 'riya'], [() => page.click('.go'), 'riyadh']]) {
    await page.fill('#q', '');
    await page.locator('#q').pressSequentially('riya');
    await shown(page, '.suggestion', { hasText: 'Embassies first' });
    await page.keyboard.press('ArrowDown');
    equal(await page.inputValue('#q'), 'riyadh');
    await leave();
    await page.waitForFunction((q) => document.querySelector('.results').dataset.of === q, wanted);
    equal([await page.inputValue('#q'), param(page, 'q')], [wanted, wanted]);
  }
  await page.fill('#q', 'riya');
  await shown(page, '.suggestion', { hasText: 'Embassies first' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  equal(await page.inputValue('#q'), 'riya', 'a title is none');
});

test('suggestions keep to the filter, and are of what some article has', async ({ page, open }) => {
  await open('?side=EG');
  await shown(page, '.chip');
  const rows = () => page.locator('.suggestion').allInnerTexts().then((all) => all.map((t) => t.replace(/\s+/g, ' ')));
  const ask = async (q) => {
    const answered = page.waitForResponse((r) => r.url().includes('suggest') && new URL(r.url()).searchParams.get('q') === q);
    await page.fill('#q', q);
    equal(new URL((await answered).url()).searchParams.get('filter'), 'side:"EG"');
  };
  await ask('mack');
  await page.waitForTimeout(100);
  equal(await rows(), []);
  await ask('nil');
  await shown(page, '.suggestion', { hasText: 'nile' });
  await page.route(/suggest/, (route) => route.fulfill({ json: { suggestions: [{ text: 'nile nucleus', kind: 'word', count: 0 }, { text: 'nile nuclear', kind: 'word', count: 2 }] } }));
  await ask('nile nuc');
  await becomes(rows, ['nile nuclear 2 articles']);
});

test('a suggested title opens its article', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('riya');
  await page.locator('.suggestion', { hasText: 'Embassies first' }).click();
  await shown(page, '#reader-title', { hasText: 'Embassies first' });
});

/* ---- kinds ---- */

test('tabs show the kinds with their counts, and arrow keys go through them', async ({ page, open }) => {
  await open('?q=mackerel');
  await shown(page, '#tab-outcomes .count');
  await page.click('#tab-outcomes');
  await page.waitForURL(/kind=outcomes/);
  await page.waitForFunction(() => document.querySelector('.card.outcome') && !document.querySelector('.card:not(.outcome)'));
  equal(await page.locator('[role=tab][aria-selected=true]').getAttribute('id'), 'tab-outcomes');
  await page.focus('#tab-outcomes');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForURL(/kind=statements/);
  await shown(page, '.card.statement blockquote');
});

test('a question is answered by the kind that fits, first', async ({ page, open }) => {
  await open('?q=who+led+the+Russian+delegation');
  await shown(page, '.kind');
  equal(await page.locator('.kind h2').first().innerText().then((t) => t.toLowerCase()), 'people');
  equal(await page.locator('.card.person h3').first().innerText(), 'Sergey Lavrov');
  await shown(page, '.understood');
});

test('a talk has its sides, heads, place and outcomes by status', async ({ page, open }) => {
  await open('?q=riyadh&kind=talks');
  await shown(page, '.card.talk');
  equal(await page.locator('.card.talk .side h4').allInnerTexts(), ['Russia', 'United States']);
  equal(await page.locator('.card.talk .head a').allInnerTexts(), ['Sergey Lavrov', 'Marco Rubio']);
  ok((await page.locator('.card.talk .facts').innerText()).includes('Riyadh, Saudi Arabia'), 'the place');
  equal((await page.locator('.card.talk .came .status').allInnerTexts()).map((t) => t.replace(/^\S+\s+/, '')),
    ['Agreed', 'Planned', 'Proposed', 'Declined', 'Denied']);
  await page.locator('.came a', { hasText: 'The moratorium' }).first().click();
  await shown(page, '.text .fact.chosen', { hasText: 'Russia turned the moratorium down' });
});

test('a person has the talks they took part in', async ({ page, open }) => {
  await open('?q=lavrov&kind=participants');
  await shown(page, '.took-part a', { hasText: 'Russia and United States' });
});

/* ---- narrowing ---- */

test('facets narrow, stay usable while they do, and are taken back', async ({ page, open }) => {
  await open('?kind=talks');
  const sides = page.locator('.facets fieldset', { hasText: 'Sides' }).first().locator('label');
  await sides.first().waitFor();
  const all = await page.locator('.found').innerText();
  await sides.filter({ hasText: 'Egypt' }).click();
  await page.waitForURL(/side=EG/);
  const one = await changed(page, all);
  await page.waitForTimeout(400);
  await sides.filter({ hasText: 'Djibouti' }).click();
  const two = await changed(page, one);
  equal(params(page, 'side'), ['EG', 'DJ']);
  await page.locator('.chip', { hasText: 'Djibouti' }).click();
  equal(await changed(page, two), one);
  await page.goBack();
  await page.goBack();
  await shown(page, '.chip', { hasText: 'Egypt' });
  equal(params(page, 'side'), ['EG']);
});

test('a facet keeps the focus while the page changes', async ({ page, open }) => {
  await open('?kind=outcomes');
  const agreed = page.locator('.facets label', { hasText: 'Agreed' });
  await agreed.waitFor();
  await page.locator('.facets input').first().focus();
  await page.keyboard.press('Space');
  await shown(page, '.chip');
  await page.waitForTimeout(500);
  ok(await page.evaluate(() => document.activeElement.matches('.facets input:checked')), 'the box that was chosen has the focus');
});

test('the timeline is dragged to filter', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  const box = await page.locator('.chart').boundingBox();
  const total = await page.locator('.found').innerText();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=2024-\d\d-01&to=2025-\d\d-\d\d/);
  const fewer = await changed(page, total);
  await shown(page, '.timeline.narrowed');
  await page.click('.range button');
  equal(await changed(page, fewer), total);
  equal(param(page, 'from'), null);
});

test('the timeline is moved by keys', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  const handle = page.locator('.handle[data-end=from]');
  await handle.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  equal(await handle.getAttribute('aria-valuenow'), '2');
  ok((await handle.getAttribute('aria-valuetext')).includes('Nov 2024'), 'it says which month');
  await page.waitForURL(/from=2024-11-01/);
  await page.waitForTimeout(400);
  equal(await page.evaluate(() => document.activeElement.dataset.end), 'from', 'the focus');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => !location.search.includes('from='));
});

test('what a bar counts is told to those who point, and to those who hear', async ({ page, open }) => {
  for (const [at, noun] of [['', 'articles?'], ['?kind=talks', 'talks?'], ['?kind=participants', 'mentions?']]) {
    await open(at);
    await shown(page, '.bar-of');
    await page.mouse.move(5, 700);
    const label = () => page.locator('.span p').innerText();
    const all = await label();
    ok(new RegExp(`^\\w+ \\d{4} – \\w+ \\d{4}: \\d+ ${noun}`).test(all), all);
    const box = await page.locator('.chart').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 20);
    const bar = await label();
    ok(new RegExp(`^\\w+ \\d{4}: \\d+ ${noun}$`).test(bar), bar);
    await page.mouse.move(5, 700);
    equal(await label(), all);
    const rows = await page.locator('.timeline tr').evaluateAll((trs) => trs.map((tr) => [...tr.children].map((c) => c.textContent)));
    const sum = rows.reduce((n, [, count]) => n + Number(count), 0);
    equal(String(sum), /: (\d+)/.exec(all)[1], 'the table');
    const heard = await page.locator('.handle').first().getAttribute('aria-valuetext');
    ok(heard.startsWith(`${rows[0].join(': ')} `) && heard.endsWith(`; ${all.split(' · ')[0]}`), heard);
  }
  await accessible(page);
});

test('sorting is by date either way', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.card');
  await page.selectOption('#sort', 'date');
  await page.waitForURL(/sort=date/);
  await shown(page, '.card.news .meta', { hasText: 'Sept 2024' });
});

test('a story that several sources tell is folded under the best of them', async ({ page, open }) => {
  await open('?q=lighthouse&kind=articles');
  const copies = page.locator('.card.news details', { hasText: 'The same story in 1 other article' });
  await copies.first().waitFor();
  equal(await page.locator('.card.news').count(), 1, 'cards');
  await copies.first().locator('summary').click();
  await copies.first().locator('li a').click();
  await shown(page, '#reader-title', { hasText: 'Lighthouse' });
});

/* ---- the article ---- */

test('an article has its facts marked, a legend and a list to jump from', async ({ page, open }) => {
  await open(`?article=${encodeURIComponent(RIYADH)}`);
  await shown(page, '.text .fact.is-outcome.of-declined');
  equal(await page.locator('.text').innerText().then((t) => t.includes('Russia turned the moratorium down')), true);
  await page.locator('.jumps a', { hasText: 'Mike Waltz' }).click();
  await shown(page, '.text .fact.chosen', { hasText: 'National Security Adviser Mike Waltz' });
  equal(param(page, 'at'), 'p5');
  await page.locator('.legend label', { hasText: 'Outcomes' }).click();
  await shown(page, '.text.no-outcome');
});

test('a mark in the text says its status without colour, and leads to its entry', async ({ page, open }) => {
  await open(`?article=${encodeURIComponent(RIYADH)}`);
  await shown(page, '.text .fact.is-outcome.of-declined');
  const before = (selector) => page.locator(selector).first().evaluate((e) => getComputedStyle(e, '::before').content);
  equal(await before('.text .of-declined .anchor[data-sign]'), '"✕ "');
  equal((await page.locator('.legend .status').allInnerTexts()).map((t) => t.replace(/\s+/, ' ')),
    ['✓ Agreed', '→ Planned', '? Proposed', '✕ Declined', '≠ Denied']);
  ok(await page.locator('.legend').evaluate((e) => e.scrollWidth <= e.clientWidth && [...e.querySelectorAll('label')].every((l) => l.offsetHeight < 40)), 'the legend has room');
  await page.locator('.text .fact.of-declined', { hasText: 'turned the moratorium down' }).click();
  await page.waitForURL(/at=o6/);
  equal(await page.locator('.jumps a[aria-current]').getAttribute('data-jump'), 'o6');
  equal(await before('.text .anchor.chosen'), '"Outcome, declined: "');
  await accessible(page);
});

test('lines of a wrapped text are one paragraph, those that end on purpose are not', async ({ page, open }) => {
  await open('?q=preparatory+commission+gauges&kind=articles');
  await page.locator('.card.news h3 a', { hasText: 'Preparatory Commission' }).first().click();
  await shown(page, '.text p');
  const texts = await page.locator('.text p').allInnerTexts();
  equal(texts[0], 'ENTEBBE, 24 September 2025 - The Preparatory Commission of the Blue Nile treaty met in Entebbe today for the first time.');
  equal(texts.slice(3, 5).map((t) => [t.slice(0, 12), t.slice(-17)]), [['1. approved ', 'e shared equally;'], ['2. agreed th', 'utside the basin;']]);
  const marked = await page.evaluate(() => [...document.querySelectorAll('.jumps a[data-jump^=p]')].every((a) =>
    document.getElementById(`fact-${a.dataset.jump}`).parentElement.textContent.length > 3));
  ok(marked, 'the marks are where they were');
});

test('a link to a fact opens it in sight, on reload too', async ({ page, open }) => {
  await open(`?article=${encodeURIComponent(RIYADH)}&at=o6`);
  for (const again of [false, true]) {
    if (again) {
      await page.reload();
    }
    await shown(page, '.text .fact.chosen', { hasText: 'Russia turned the moratorium down' });
    const box = await page.locator('.text .fact.chosen').boundingBox();
    ok(box.y > 0 && box.y < 900, `in sight: ${box.y}`);
  }
});

test('back from an article shows the list where it was', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await shown(page, '.card:nth-of-type(8)');
  await shown(page, '.facets details');
  await page.locator('.card h3 a').nth(7).scrollIntoViewIfNeeded();
  const at = await page.evaluate(() => scrollY);
  await page.locator('.card h3 a').nth(7).click();
  await shown(page, '#reader-title');
  equal(await page.evaluate(() => document.activeElement.id), 'reader-title');
  await page.goBack();
  await shown(page, '.card');
  ok(Math.abs(await page.evaluate(() => scrollY) - at) < 3, 'where it was');
});

/* ---- who met whom ---- */

test('the graph shows who met whom, as a drawing and as a table', async ({ page, open }) => {
  await open('?q=talks');
  await page.locator('.choices a', { hasText: 'Who met whom' }).click();
  await page.waitForURL(/view=graph/);
  await shown(page, '.meetings a[data-id=EG]');
  const drawn = await page.locator('.meetings').innerHTML();
  const edges = await page.locator('.meetings line').count();
  equal(await page.locator('tbody tr').count(), edges, 'rows');
  await page.locator('.graph .choices a', { hasText: 'People' }).click();
  await shown(page, '.meetings a[data-id="Sergey Lavrov"]');
  await page.goBack();
  await shown(page, '.meetings a[data-id=EG]');
  equal(await page.locator('.meetings').innerHTML(), drawn, 'the same talks look the same');
  await page.focus('.meetings a[data-id=EG]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/side=EG/);
  await shown(page, '.card.talk');
});

/* ---- taking it along ---- */

test('CSV and feeds of what is shown can be had', async ({ page, open, base }) => {
  await open('?q=mackerel&kind=articles&side=IS');
  await shown(page, '.links a');
  for (const [name, type] of [['CSV', 'text/csv'], ['RSS', 'application/rss+xml'], ['Atom', 'application/atom+xml']]) {
    const href = await page.locator('.links a', { hasText: name }).getAttribute('href');
    const answer = await page.request.get(new URL(href, base).href);
    equal([answer.status(), answer.headers()['content-type'].split(';')[0]], [200, type]);
    ok((await answer.text()).includes('ackerel'), `${name} has the hits`);
  }
});

test('the file for spreadsheets has its mark, and as many rows as are counted', async ({ page, open }) => {
  await open('?q=lighthouse&kind=articles');
  const found = Number((await page.locator('.found').innerText()).split(' ')[0]);
  const saved = page.waitForEvent('download');
  await page.locator('.links a', { hasText: 'CSV' }).click();
  const text = fs.readFileSync(await (await saved).path(), 'utf8');
  ok(text.startsWith('\ufeffid,'), text.slice(0, 9));
  equal([found, text.trim().split('\n').length - 1], [2, 2]);
});

test('a deep link shows all of the state', async ({ page, open }) => {
  await open('?q=talks&kind=talks&sort=-date&side=EG&side=ET&from=2025-01-01&to=2025-12-31');
  await shown(page, '.card.talk');
  equal(await page.inputValue('#q'), 'talks');
  equal(await page.inputValue('#sort'), '-date');
  equal(await page.locator('.chip').count(), 3);
  await shown(page, '.timeline.narrowed');
});

/* ---- what was understood ---- */

test('a misspelling is corrected, and can be left as typed', async ({ page, open }) => {
  await open('?q=moratorum');
  await shown(page, '.notices', { hasText: 'searched for moratorium' });
  await page.locator('.notices a').click();
  await shown(page, '.empty', { hasText: 'No results for moratorum' });
  equal(param(page, 'typo'), 'off');
});

test('what was relaxed is told once', async ({ page, open }) => {
  const told = async (q) => {
    await open(`?q=${q}`);
    await shown(page, '.card');
    return page.locator('.notices p').allInnerTexts();
  };
  equal(await told('zzyzx+mackerel'), ['Nothing has zzyzx.']);
  equal(await told('zzyzx+mackerel+delegations+and+grain'), ['Nothing has zzyzx.', 'Any of the others is enough. Require all']);
  equal(await told('mackerel+quota&kind=talks'), ['Any of the words is enough. Require all']);
});

test('nothing found says so and offers ways on', async ({ page, open }) => {
  await open('?q=zzyzx&kind=talks&side=EG');
  await shown(page, '.empty h2', { hasText: 'Nothing found' });
  await page.locator('.empty a', { hasText: 'without the filters' }).click();
  await page.waitForFunction(() => !location.search.includes('side'));
  await accessible(page, 'nothing found');
});

test('a file has all rows of all pages under one head, and is called as what was asked', async ({ page, open }) => {
  await page.route(/format=csv/, (route) => route.continue({ url: route.request().url().replace('limit=1000', 'limit=3') }));
  let pages = 0;
  page.on('response', (r) => { pages += /format=csv/.test(r.url()); });
  await open('?q=mackerel+quota&kind=articles');
  await shown(page, '.facets fieldset');
  const found = Number.parseInt(await page.locator('.found').innerText(), 10);
  const saved = page.waitForEvent('download');
  await page.locator('.links a', { hasText: 'CSV' }).click();
  const file = await saved;
  equal(file.suggestedFilename(), 'readout-articles-mackerel-quota.csv');
  const text = fs.readFileSync(await file.path(), 'utf8').slice(1);
  const heads = text.split('\r\n').filter((line) => line.startsWith('id,'));
  ok(found > 3 && pages === Math.ceil(found / 3), `${pages} pages of ${found}`);
  await page.unroute(/format=csv/);
  const whole = await page.evaluate((url) => fetch(url).then((r) => r.text()), await page.locator('.links a').first().getAttribute('href'));
  equal([heads.length, text], [1, whole]);
  equal(await page.locator('.links a').first().innerText(), 'CSV', 'it can be asked for again');
});

test('who hosts sits opposite where only one side is named, and is linked', async ({ page, open }) => {
  await open('?q=guliyev&kind=talks');
  const card = page.locator('.card.talk', { hasText: 'receives Deputy Prime Minister Guliyev' });
  await card.waitFor();
  equal(await card.locator('.side').count(), 2, 'sides');
  equal(await card.locator('.side .part', { hasText: 'host' }).count(), 1, 'the host');
  equal(await card.locator('.around').count(), 0, 'nobody is told twice');
  await open('?kind=talks');
  await shown(page, '.card.talk .around a');
});

main(process.argv[2]);
