'use strict';
// What the page says, and what its links give: they agree. Usage: node agree.js URL
const { test, equal, ok, accessible, becomes, hold, main } = require('./harness.js');

const RIYADH = encodeURIComponent('sha256:6ea484dfb4fac1a62f16f6dfe9342d11');
const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const said = (page, text) => page.waitForFunction((t) => document.getElementById('live').textContent === t, text);

/* ---- other kinds ---- */

test('a word that one kind lacks is said to be elsewhere', async ({ page, open }) => {
  await open('?q=nile&kind=participants');
  await shown(page, '.notices a', { hasText: 'articles' });
  const count = await page.locator('#tab-articles .count').innerText();
  equal(await page.locator('.notices p').allInnerTexts(), [`No person’s entry has nile; ${count} articles do.`]);
  await accessible(page);
  await page.click('.notices a');
  await shown(page, '.card.news');
  equal([param(page, 'kind'), param(page, 'q')], ['articles', 'nile']);
});

test('a word of a question that nothing has is told, and none that something has', async ({ page, open }) => {
  for (const [at, words] of [
    ['?q=nile+xyzzyqq+treaty', 'Nothing has xyzzyqq.'], ['?q=who+met+xyzzyqq+nile', 'Nothing has xyzzyqq.'],
    ['?q=nile+xyzzyqq+treaty&kind=outcomes', 'No outcome mentions xyzzyqq.'], ['?q=what+did+lavrov+say+about+xyzzyqq&kind=statements', 'No statement has xyzzyqq.'],
  ]) {
    await open(at);
    await shown(page, '.notices p');
    equal((await page.locator('.notices p').allInnerTexts()).filter((text) => text.includes('xyzzyqq')), [words], at);
  }
});

test('no other spelling is offered while another kind has the words', async ({ page, open }) => {
  const other = { query: { missing: ['nile'], did_you_mean: 'mile' }, total: { value: 0, relation: 'eq' }, hits: [], facets: {}, next: null };
  await page.route(/\/v1\/(talks|participants)/, (route) => route.fulfill({ json: other }));
  await open('?q=nile&kind=talks');
  await shown(page, '.notices a', { hasText: 'articles' });
  equal(await page.locator('.meant').count(), 0);
  await page.route(/\/v1\/answers/, (route) => route.fulfill({ json: { ...other, kinds: [{ kind: 'articles', hits: 0, total: other.total }] } }));
  await open('?q=nile&kind=participants');
  await shown(page, '.meant', { hasText: 'mile' });
});

test('what a kind is not kept by is named, and can be left out', async ({ page, open }) => {
  await open('?kind=statements&place=Nairobi&host=KE');
  await shown(page, '.notices p');
  equal(await page.locator('.notices p').allInnerTexts(),
    ['Statements cannot be filtered by place. Without Nairobi', 'Statements cannot be filtered by host. Without Kenya']);
  await page.click('.notices a >> text=Nairobi');
  await page.waitForFunction(() => document.querySelectorAll('.notices p').length === 1);
  await page.click('.notices a');
  await shown(page, '.card.statement');
  equal([param(page, 'place'), param(page, 'host')], [null, null]);
});

test('a person chosen for one kind can be taken along to others', async ({ page, open }) => {
  for (const [from, at, link, to] of [
    ['person', 'statements', 'Statements by Sergey Lavrov', 'speaker'], ['person', 'outcomes', 'Outcomes by Sergey Lavrov', 'by'],
    ['speaker', 'talks', 'Talks with Sergey Lavrov', 'person'], ['by', 'statements', 'Statements by Sergey Lavrov', 'speaker'],
  ]) {
    await open(`?kind=${at}&${from}=Sergey+Lavrov`);
    await page.locator('.notices a', { hasText: link }).click();
    await shown(page, '.card');
    equal([param(page, from), param(page, to)], [null, 'Sergey Lavrov'], link);
  }
  await open('?kind=talks&by=KE');
  await page.locator('.notices a', { hasText: 'Talks with Kenya' }).click();
  await shown(page, '.card.talk');
  equal(param(page, 'side'), 'KE');
});

/* ---- facets ---- */

test('beside all kinds the numbers are of one, which is named', async ({ page, open }) => {
  await open('?q=riyadh+talks');
  await shown(page, '.facets .note', { hasText: 'Numbers are of talks.' });
  const egypt = page.locator('.facets label', { hasText: 'Egypt' }).first();
  const count = await egypt.locator('.count').innerText();
  await egypt.click();
  await shown(page, '.chip', { hasText: 'Egypt' });
  await page.waitForFunction((n) => document.querySelector('#tab-talks .count').textContent === n, count);
});

test('cities and countries are apart, and a country has one name', async ({ page, open }) => {
  await open('?kind=talks');
  await shown(page, '.facets legend', { hasText: 'City' });
  const values = (name) => page.locator('.facets fieldset', { has: page.locator('legend', { hasText: name }) }).locator('.name').allInnerTexts();
  for (const more of await page.locator('.facets .fewer').all()) {
    await more.click();
  }
  const [cities, countries] = [await values('City'), await values('Country')];
  ok(cities.includes('Ankara') && !cities.includes('Turkey'), cities.join());
  ok(countries.includes('Turkey') && !countries.includes('Ankara'), countries.join());
  ok((await page.locator('.card .facts').allInnerTexts()).join().includes('Ankara, Turkey'), 'the card');
  await page.locator('.facets label', { hasText: 'Turkey' }).click();
  await shown(page, '.chip', { hasText: 'Turkey' });
  await page.waitForFunction(() => document.querySelector('.found').innerText === '1 talk');
  equal(await page.locator('.facets input:checked').count(), 1);
});

test('what is asked without words is by date, and says so', async ({ page, open }) => {
  const chosen = () => page.locator('#sort option:checked').innerText();
  await open('?kind=articles');
  await shown(page, '.card');
  equal([await chosen(), await page.locator('#sort option').count()], ['Newest', 2]);
  await open('?q=mackerel&kind=articles');
  await shown(page, '.card');
  equal([await chosen(), await page.locator('#sort option').count()], ['Relevance', 3]);
});

test('what was understood is told in words that people use', async ({ page, open }) => {
  for (const [q, words] of [['who met in riyadh', 'those who took part, in Riyadh'], ['who led the Russian delegation', 'head of delegation or chair, Russia']]) {
    await open(`?q=${encodeURIComponent(q)}`);
    await shown(page, '.understood');
    equal((await page.locator('.understood b').allInnerTexts()).sort(), words.split(', ').sort(), q);
  }
});

/* ---- people ---- */

test('the talks of all people in sight are asked for at once', async ({ page, open }) => {
  const asked = [];
  page.on('request', (r) => /v1\/(queries|talks)/.test(r.url()) && asked.push(r.postDataJSON()));
  await open('?kind=participants&q=minister');
  await shown(page, '.took-part a');
  equal(asked.length, 1);
  ok(asked[0].queries.length > 2, `${asked[0].queries.length} in one`);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await becomes(() => asked.length, 2, 'after scrolling');
  await page.waitForTimeout(600);
  equal(asked.length, 2, 'some time after scrolling');
});

test('who is only mentioned leads to all the articles that do', async ({ page, open }) => {
  await page.route(/v1\/participants\?/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    json.hits.forEach((hit) => Object.assign(hit, { role: 'mentioned', group: { id: hit.id, articles: 75 } }));
    await route.fulfill({ response, json });
  });
  await open('?q=lavrov&kind=participants');
  await page.locator('.card.person .tag a', { hasText: '75 articles' }).first().click();
  await shown(page, '.card.news');
  equal([param(page, 'kind'), param(page, 'person'), param(page, 'q')], ['articles', 'Sergey Lavrov', null]);
});

test('of people with the same name each has the talks of his own', async ({ page, open }) => {
  await page.route(/\/v1\/queries/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    for (const { hits, total } of json.answers.filter((a) => a.hits.length)) {
      const other = structuredClone(hits[0]);
      other.participants.forEach((p) => { p.person = 'another'; });
      hits.push(other);
      total.value++;
    }
    await route.fulfill({ response, json });
  });
  await open('?q=lavrov&kind=participants');
  await shown(page, '.took-part li a', { hasText: 'All talks of the name Sergey Lavrov' });
  equal(await page.locator('.took-part').first().locator('li').count(), 2);
});

test('who is left before his talks came is asked about again', async ({ page, open }) => {
  const release = await hold(page, /\/v1\/queries/);
  const asked = page.waitForRequest(/\/v1\/queries/);
  await open('?q=lavrov&kind=participants');
  await asked;
  const given = page.waitForEvent('requestfailed');
  await page.locator('.card .provenance a').first().click();
  await given;
  await shown(page, '#reader-title');
  release();
  await page.goBack();
  await shown(page, '.took-part a', { hasText: 'Russia and United States' });
}, { errors: true });

test('four sides stand in a row, or two by two', async ({ page, open }) => {
  for (const [width, rows] of [[1280, 1], [768, 1], [390, 2]]) {
    await page.setViewportSize({ width, height: 800 });
    await open('?q=nile&kind=talks');
    await shown(page, '.sides-4 .side');
    const tops = await page.locator('.sides-4 .side').evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().top)));
    equal([tops.length, new Set(tops).size], [4, rows], `${width}`);
    const [name, head] = [await page.locator('.sides-4 h4').first().boundingBox(), await page.locator('.sides-4 .head a').first().boundingBox()];
    equal(name.x, head.x, 'the name below its side');
  }
});

/* ---- the graph ---- */

async function opens(page, link, wanted, name) {
  await page.goto(new URL(link, page.url()).href);
  await shown(page, '.found', { hasText: 'talk' });
  equal((await page.locator('.found').innerText()).split(' ')[0], wanted, name);
}

test('a node of the graph opens as many talks as it says', async ({ page, open }) => {
  for (const at of ['?view=graph', '?view=graph&graph=people', '?view=graph&side=EG&side=SD']) {
    await open(at);
    await shown(page, '.meetings a');
    const nodes = await page.locator('.meetings a').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('aria-label')]));
    for (const [href, label] of nodes.slice(0, 7)) {
      await opens(page, href, /: (\d+) talk/.exec(label)[1], `${at} ${label}`);
    }
  }
});

test('a node of the graph keeps the sides that were chosen', async ({ page, open }) => {
  await open('?view=graph&side=EG');
  await shown(page, '.meetings a[data-id=SD]');
  await page.focus('.meetings a[data-id=SD]');
  await page.keyboard.press('Enter');
  await shown(page, '.card.talk');
  equal(param(page, 'side'), 'EG');
  for (const sides of await page.locator('.card.talk .sides').allInnerTexts()) {
    ok(sides.includes('Egypt') && sides.includes('Sudan'), sides);
  }
});

test('a pair of people opens as many talks as is said', async ({ page, open }) => {
  await open('?view=graph&graph=people');
  await shown(page, 'tbody tr');
  const pairs = await page.locator('tbody a').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.textContent, a.getAttribute('aria-label')]));
  for (const [href, count, label] of pairs.slice(0, 6)) {
    await opens(page, href, count, label);
  }
});

test('where not all talks are looked at, a pair says of how many its number is, and opens all', async ({ page, open }) => {
  await page.route(/limit=400/, (route) => route.continue({ url: route.request().url().replace('limit=400', 'limit=5') }));
  await open('?view=graph');
  await shown(page, 'tbody tr');
  ok(/^In the newest 5 of \d+ talks/.test(await page.locator('.graph .about').innerText()), 'what is looked at');
  equal(await page.locator('th.n').innerText(), 'Talks of the 5');
  const link = page.locator('tbody a').first();
  equal([await link.innerText(), /^all talks of .+ and .+/.test(await link.getAttribute('aria-label'))], ['all', true]);
  ok(/ talks? of the 5$/.test(await page.locator('.meetings title').first().textContent()), 'the line');
  await accessible(page);
});

test('the graph counts, narrows by and exports talks', async ({ page, open }) => {
  await open('?q=nile&kind=statements&view=graph');
  await shown(page, '.facets legend', { hasText: 'Sides' });
  equal(await page.locator('.tab[aria-selected=true]').getAttribute('id'), 'tab-talks');
  ok((await page.locator('.links a', { hasText: 'CSV' }).getAttribute('href')).includes('/talks?'), 'exports');
  equal([await page.locator('.facets legend', { hasText: 'Speaker' }).count(), await page.locator('#sort').count()], [0, 0], 'speakers, sort');
  await page.click('#tab-statements');
  await shown(page, '.card.statement');
  equal(param(page, 'view'), null);
});

/* ---- dates ---- */

test('a range without anything selects nothing, and says its own dates', async ({ page, open }) => {
  for (const [from, to] of [['2020-01-01', '2020-12-31'], ['2031-01-01', '2031-12-31']]) {
    await open(`?q=mackerel&from=${from}&to=${to}`);
    await shown(page, '.bar-of');
    equal(await page.locator('.span p').innerText(), `1 Jan ${from.slice(0, 4)} – 31 Dec ${from.slice(0, 4)}`);
    equal(await page.locator('.bar-of:not(.out)').count(), 0, 'bars');
    ok((await page.locator('.handle').first().getAttribute('aria-valuetext')).startsWith('nothing'), 'the handle');
    await accessible(page, from);
    await page.focus(`.handle[data-end=${from < '2025' ? 'to' : 'from'}]`);
    await page.keyboard.press(from < '2025' ? 'ArrowRight' : 'ArrowLeft');
    await shown(page, '.card');
  }
});

test('a click in a chosen range narrows it to what is under it', async ({ page, open }) => {
  await open('?kind=articles&from=2025-01-01&to=2025-06-30');
  await shown(page, '.timeline.narrowed');
  const box = await page.locator('.band').boundingBox();
  await page.mouse.click(box.x + box.width * 0.75, box.y + 10);
  await page.waitForURL(/from=2025-05-01&to=2025-05-31/);
});

/* ---- what is heard ---- */

test('the skip link goes to what is shown and leaves the history alone', async ({ page, open }) => {
  await open('?q=mackerel&kind=articles');
  await shown(page, '.facets fieldset');
  const entries = await page.evaluate(() => history.length);
  const skip = async () => {
    await page.focus('.skip');
    await page.keyboard.press('Enter');
    return page.evaluate(() => document.activeElement.id);
  };
  equal(await skip(), 'panel');
  equal(await page.evaluate(() => [history.length, location.hash]), [entries, '']);
  await page.locator('.card h3 a').first().click();
  await shown(page, '.reading .text');
  equal(await skip(), 'reader-title');
  await page.click('.back');
  await shown(page, '.card');
  equal(await page.evaluate(() => history.length), entries + 1, 'the way back is still known');
});

test('a fact that is opened says what it is', async ({ page, open }) => {
  const name = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') || '');
  await open(`?article=${RIYADH}&at=o6`);
  await shown(page, '.text .fact.chosen');
  ok(/^Outcome, declined: .*turned the moratorium down/.test(await name()), await name());
  await said(page, 'Embassies first: Russia and US agree in Riyadh to send ambassadors again');
  await page.locator('.jumps a', { hasText: 'Mike Waltz' }).click();
  await shown(page, '.text .fact.chosen', { hasText: 'Mike Waltz' });
  ok(/^Took part: .*Mike Waltz/.test(await name()), await name());
  await accessible(page);
});

test('an article that is not here is said, and so is the list come back to', async ({ page, open }) => {
  await open('?q=mackerel&kind=articles');
  await shown(page, '.facets fieldset');
  const found = await page.locator('#live').textContent();
  await page.locator('.card h3 a').first().click();
  await shown(page, '.reading .text');
  await said(page, await page.locator('#reader-title').innerText());
  await page.goBack();
  await said(page, found);
  await open('?article=none');
  await said(page, 'This article is not here');
}, { errors: true });

/* ---- trouble ---- */

test('trouble is announced once, and only what is shown may be old', async ({ page, open }) => {
  await page.route('**/v1/**', (route) => route.abort());
  await open('?q=riyadh');
  await shown(page, '#banner', { hasText: 'in 2 seconds' });
  ok(!(await page.locator('#banner').innerText()).includes('earlier search'), 'nothing is shown');
  await page.evaluate(() => {
    globalThis.heard = 0;
    new MutationObserver(() => { globalThis.heard++; }).observe(document.querySelector('[role=alert]'), { childList: true, subtree: true, characterData: true });
  });
  await shown(page, '#banner', { hasText: 'in 4 seconds' });
  equal(await page.evaluate(() => globalThis.heard), 0, 'heard again');
}, { errors: true });

test('offline nothing is tried until it is over', async ({ page, context, open }) => {
  await open('?q=riyadh');
  await shown(page, '.facets fieldset');
  await context.setOffline(true);
  await shown(page, '#banner', { hasText: 'online again' });
  let asked = 0;
  page.on('request', () => { asked++; });
  await page.waitForTimeout(2500);
  equal(asked, 0, 'requests');
  await context.setOffline(false);
  await page.locator('#banner').waitFor({ state: 'hidden' });
}, { errors: true });

/* ---- cards ---- */

test('a statement is what was said, and its sentence can be had', async ({ page, open }) => {
  await open('?q=mackerel&kind=statements');
  const card = page.locator('.card.statement', { hasText: 'spawn elsewhere' });
  equal(await card.locator('blockquote').innerText(), 'mackerel spawn elsewhere and “only come here on holiday”');
  equal(await card.locator('blockquote mark').allInnerTexts(), ['mackerel']);
  await card.locator('summary').click();
  await shown(page, '.card.statement .evidence', { hasText: 'head of the Norwegian delegation, said that' });
});

test('a talk that is called as its article is does not say so twice', async ({ page, open }) => {
  await open('?kind=talks');
  await shown(page, '.card.talk');
  const twice = await page.locator('.card.talk').evaluateAll((all) => all.map((c) => [c.querySelector('h3'), c.querySelector('.provenance a')])
    .filter(([a, b]) => b && a.textContent === b.textContent).map(([a]) => a.textContent));
  equal(twice, []);
});

test('what is shown after more was shown can be shared', async ({ page, open }) => {
  await open('?kind=statements');
  await page.click('.more');
  await page.waitForFunction(() => document.querySelectorAll('.card').length > 20);
  equal(new URL(await page.locator('.card .provenance a').nth(25).evaluate((a) => a.href)).searchParams.get('n'), '40');
});

test('escape in the box leaves what is read', async ({ page, open }) => {
  await open(`?q=riyadh&article=${RIYADH}`);
  await shown(page, '.reading .text');
  await page.focus('#q');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  await shown(page, '.reading .text');
  equal(await page.inputValue('#q'), 'riyadh');
});

main(process.argv[2]);
