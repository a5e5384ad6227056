'use strict';
// The search page while it waits and where something failed; where the focus goes; dates without dragging; the
// system's own colours. Usage: node states.js URL
const { test, equal, ok, accessible, becomes, hold, main } = require('./harness.js');

const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const focused = (page) => page.evaluate(() => {
  const { id, dataset, textContent, tagName } = document.activeElement;
  return id || dataset.key || dataset.end || textContent.trim() || tagName;
});
const isArticle = (url) => /\/v1\/articles\/[^/]*$/.test(url.pathname);
const settled = (page) => shown(page, '.facets fieldset');

/* ---- slow ---- */

test('a slow first search has a place for what will come', async ({ page, open }) => {
  const release = await hold(page, /\/v1\/answers\?q=riyadh/);
  await open('?q=riyadh');
  await shown(page, '.ghost');
  await shown(page, '#waiting', { hasText: 'Still searching' });
  await accessible(page);
  release();
  await shown(page, '.card h3');
  equal(await page.locator('.ghost').count(), 0, 'placeholders');
  ok(await page.locator('#waiting').isHidden(), 'it is over');
});

test('while a search is slow, what was found before is dim', async ({ page, open }) => {
  await open('?q=riyadh');
  await shown(page, '.card');
  const release = await hold(page, /\/v1\/answers\?q=mackerel/);
  await page.fill('#q', 'mackerel');
  await page.keyboard.press('Enter');
  await shown(page, '#waiting');
  ok(await page.locator('#results').evaluate((e) => getComputedStyle(e).opacity < 1), 'dim');
  await accessible(page);
  release();
  await shown(page, '.results[data-of=mackerel]');
  equal(await page.locator('#results').evaluate((e) => getComputedStyle(e).opacity), '1');
});

test('a slow article says that it is being opened, and can be left', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await shown(page, '.card');
  await hold(page, isArticle);
  await page.locator('.card h3 a').first().click();
  await shown(page, '#reader-title', { hasText: 'Opening the article' });
  await shown(page, '#waiting', { hasText: 'Still opening' });
  await accessible(page);
  await page.click('.back');
  await shown(page, '.card');
  ok(await page.locator('#waiting').isHidden(), 'it is over');
});

/* ---- failed ---- */

test('an article that cannot be had says so, leads back, and comes when it can', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await settled(page);
  await page.route(isArticle, (route) => route.fulfill({ status: 500, body: '{"title":"Broken","detail":"no more"}' }));
  const title = await page.locator('.card h3 a').first().innerText();
  await page.locator('.card h3 a').first().click();
  await shown(page, '#reader-title', { hasText: 'cannot be shown' });
  equal(await page.locator('#banner p').allInnerTexts(), ['Broken', 'no more']);
  await accessible(page);
  await page.unroute(isArticle);
  await page.click('#banner button');
  await shown(page, '#reader-title', { hasText: title });
  equal(await focused(page), 'reader-title');
}, { errors: true });

test('an answer that is none is told in plain words, and that the list is an older one', async ({ page, open }) => {
  for (const [answer, words] of [
    [{ status: 500, contentType: 'text/html', body: '<h1>no</h1>' }, 'The server could not do this.'],
    [{ status: 502, contentType: 'text/html', body: '<h1>no</h1>' }, 'The server cannot be reached.'],
    [{ status: 200, contentType: 'text/html', body: '<h1>captive</h1>' }, 'The answer cannot be read.'],
  ]) {
    await open('?q=riyadh');
    await settled(page);
    await page.route('**/v1/**', (route) => route.fulfill(answer));
    await page.fill('#q', 'mackerel');
    await page.keyboard.press('Enter');
    await shown(page, '#banner', { hasText: words });
    await shown(page, '#banner', { hasText: 'of an earlier search' });
    ok(!/JSON|Internal|Bad Gateway/.test(await page.locator('#banner').innerText()), 'the words of a machine');
    await page.unroute('**/v1/**');
    await page.locator('#banner button').click();
    await shown(page, '.results[data-of=mackerel]');
    ok(await page.locator('#banner').isHidden(), 'it is over');
  }
}, { errors: true });

test('a server that never answers is given up, and tried again', async ({ page, open }) => {
  await page.addInitScript(() => {
    const own = AbortSignal.timeout;
    AbortSignal.timeout = (ms) => own.call(AbortSignal, ms / 30);
  });
  await page.route(/\/v1\/answers/, () => {});
  await open('?q=riyadh');
  await shown(page, '#banner', { hasText: 'The server does not answer.' });
  await page.unroute(/\/v1\/answers/);
  await shown(page, '.card');
}, { errors: true });

test('where only what stands beside the results fails, they are said to be whole', async ({ page, open }) => {
  await page.route(/facets=/, (route) => route.fulfill({ status: 500, body: '' }));
  await open('?q=riyadh&kind=talks');
  await shown(page, '.card');
  await shown(page, '#banner', { hasText: 'The results are whole' });
}, { errors: true });

test('only what is tried by itself makes the next try later', async ({ page, open }) => {
  await open('?q=riyadh');
  await shown(page, '.card');
  await page.route('**/v1/**', (route) => route.abort());
  await page.locator('#q').pressSequentially(' moratorium', { delay: 60 });
  await shown(page, '#banner', { hasText: 'in 2 seconds' });
  await shown(page, '#banner', { hasText: 'in 4 seconds' });
}, { errors: true });

test('a file that cannot be made is told, and not saved', async ({ page, open }) => {
  await open('?q=mackerel&kind=articles');
  await settled(page);
  await page.route(/format=csv/, (route) => route.fulfill({ status: 403, body: '{"title":"Not allowed"}' }));
  const saved = [];
  page.on('download', (d) => saved.push(d.suggestedFilename()));
  await page.locator('.links a', { hasText: 'CSV' }).click();
  await shown(page, '#banner', { hasText: 'The file was not made' });
  await shown(page, '#banner', { hasText: 'Not allowed' });
  await page.waitForTimeout(300);
  equal(saved, []);
  await page.click('#banner button');
  ok(await page.locator('#banner').isHidden(), 'it can be closed');
}, { errors: true });

test('where only one kind has nothing, the index is not called empty', async ({ page, open }) => {
  await page.route(/\/v1\/talks/, (route) => route.fulfill({ json: { query: {}, total: { value: 0, relation: 'eq' }, hits: [], facets: {}, next: null } }));
  await open('?kind=talks');
  await shown(page, '.empty', { hasText: 'No talks in what is indexed' });
  equal(await page.locator('.empty', { hasText: 'Nothing is indexed' }).count(), 0);
});

test('an empty index says so whatever is asked, and on a phone nothing is cut off', async ({ page, open }) => {
  const none = { query: {}, total: { value: 0, relation: 'eq' }, kinds: [], hits: [], buckets: [], facets: {}, next: null };
  await page.route(/\/v1\/(answers|search|talks|timeline)/, (route) => route.fulfill({ json: none }));
  for (const at of ['', '?q=oil', '?kind=talks']) {
    await open(at);
    await shown(page, '.empty', { hasText: 'Nothing is indexed' });
    ok(await page.locator('pre').evaluate((e) => e.scrollWidth <= e.clientWidth), 'the command is whole');
    await accessible(page);
  }
}, { width: 320, height: 640 });

test('what is written from right to left has one edge in an article', async ({ page, open }) => {
  const body = 'التقى الوزيران في الرياض يوم الثلاثاء واتفقا على إعادة السفراء في أقرب وقت ممكن بعد محادثات استمرت يومين.';
  await page.route(isArticle, (route) => route.fulfill({ json: { id: 'a', title: 'محادثات الرياض', byline: 'A. Writer', source: 'الجريدة', published: '2025-02-18', language: 'ar', body, facts: {} } }));
  await open('?article=a');
  await shown(page, '.text p');
  const edges = await page.locator('#reader-title, .reader-head .meta, .text p').evaluateAll((all) => all.map((e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return [getComputedStyle(e).direction, Math.round(Math.max(...[...range.getClientRects()].map((r) => r.right)))];
  }));
  equal(edges.map(([direction]) => direction), ['rtl', 'rtl', 'rtl']);
  ok(Math.max(...edges.map(([, x]) => x)) - Math.min(...edges.map(([, x]) => x)) <= 2, `${edges}`);
}, { errors: true });

test('a date that no calendar has is told', async ({ page, open }) => {
  await open('?kind=articles&from=nonsense&to=2025-02-31');
  await shown(page, '.card');
  equal(await page.locator('.notices p').allInnerTexts(), ['No calendar has the date nonsense, so it was left out.',
    'No calendar has the date 2025-02-31, so it was left out.']);
});

/* ---- back, and the place ---- */

test('back to results goes back, to the card that was opened', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await settled(page);
  const card = page.locator('.card h3 a').nth(7);
  const title = await card.innerText();
  await card.scrollIntoViewIfNeeded();
  const [y, entries] = await page.evaluate(() => [scrollY, history.length]);
  await card.click();
  await shown(page, '.jumps a');
  await page.locator('.jumps a').first().click();
  await page.click('.back');
  await shown(page, '.card');
  equal(await focused(page), title);
  equal(await page.evaluate(() => history.length), entries + 1, 'entries: the article is ahead, nothing more');
  ok(Math.abs(await page.evaluate(() => scrollY) - y) < 3, 'where it was');
});

test('back to results of an article that was linked to shows its list', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await shown(page, '.card');
  await page.goto(new URL(await page.locator('.card h3 a').nth(2).getAttribute('href'), page.url()).href);
  const title = await page.locator('#reader-title').innerText();
  await page.click('.back');
  await shown(page, '.card');
  equal(await focused(page), title);
});

test('a reload keeps the place, of a list and of an article', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await settled(page);
  for (const what of ['list', 'article']) {
    await page.evaluate(() => scrollTo(0, 321));
    await page.waitForFunction(() => Math.abs(history.state?.y - 321) < 3);
    await page.reload();
    await page.waitForFunction(() => Math.abs(scrollY - 321) < 3);
    if (what === 'list') {
      await settled(page);
      await page.locator('.card h3 a').first().click();
      await shown(page, '#reader-title');
      await page.evaluate(() => { document.querySelector('.reader').style.minHeight = '200vh'; });
    }
  }
}, { height: 500 });

/* ---- focus ---- */

for (const [name, at, act, wanted] of [
  ['sorting', '?kind=articles', (page) => page.locator('#sort').focus().then(() => page.selectOption('#sort', 'date')), 'sort'],
  ['showing as a graph', '?q=talks', (page) => page.locator('.choices a', { hasText: 'Who met whom' }).press('Enter'), 'graph'],
  ['showing people', '?q=talks&view=graph', (page) => page.locator('.graph a', { hasText: 'People' }).press('Enter'), 'people'],
  ['taking one filter back', '?kind=talks&side=EG&side=ET', (page) => page.locator('.chip', { hasText: 'Egypt' }).press('Enter'), 'Remove Sides: Ethiopia ×'],
  ['taking the last filter back', '?kind=talks&side=EG', (page) => page.locator('.chip').press('Enter'), 'panel'],
  ['all dates', '?kind=articles&from=2025-01-01', (page) => page.locator('.range button').press('Enter'), 'from'],
  ['a word left as typed', '?q=moratorum+talks', (page) => page.locator('.notices [data-key=typo]').press('Enter'), 'panel'],
]) {
  test(`the focus is not lost: ${name}`, async ({ page, open }) => {
    await open(at);
    await shown(page, '.card, .meetings');
    await settled(page);
    const before = page.url();
    await act(page);
    await page.waitForFunction((was) => location.href !== was, before);
    await becomes(() => focused(page), wanted);
    await page.waitForTimeout(700);
    equal(await focused(page), wanted, 'some time after');
  });
}

test('the focus is not lost: trying again', async ({ page, open }) => {
  await page.route('**/v1/**', (route) => route.fulfill({ status: 500, body: '{}' }));
  await open('?q=riyadh');
  await page.locator('#banner button').focus();
  const again = page.waitForResponse('**/v1/**');
  await page.keyboard.press('Enter');
  await again;
  await becomes(() => focused(page), 'Try again');
  await page.waitForTimeout(400);
  equal(await focused(page), 'Try again', 'some time after');
  await page.unroute('**/v1/**');
  await page.keyboard.press('Enter');
  await shown(page, '.card');
  await becomes(() => focused(page), 'panel');
}, { errors: true });

/* ---- dates ---- */

test('a range is chosen by its dates', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  await page.fill('#date-from', '2025-01-15');
  await page.waitForURL(/from=2025-01-15/);
  await page.fill('#date-to', '2025-03-20');
  await page.waitForURL(/to=2025-03-20/);
  await shown(page, '.timeline.narrowed');
  equal([await page.inputValue('#date-from'), await page.inputValue('#date-to')], ['2025-01-15', '2025-03-20']);
  await page.fill('#date-from', '2025-06-01');
  await page.waitForURL((url) => url.searchParams.get('from') === '2025-06-01');
  equal(param(page, 'to'), null, 'an end before the beginning');
  await page.goBack();
  equal([param(page, 'from'), await page.inputValue('#date-from')], [null, ''], 'one way back');
});

test('a year that is being typed is not searched', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  await page.focus('#date-from');
  const addresses = [];
  page.on('framenavigated', () => addresses.push(param(page, 'from')));
  await page.keyboard.type('02152025', { delay: 40 });
  await page.waitForURL(/from=2025-02-15/);
  equal([...new Set(addresses)].filter((day) => day && day < '1000'), []);
  equal(await focused(page), 'date-from');
});

test('escape ends a drag as if it had not begun', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  const label = await page.locator('.span p').innerText();
  const box = await page.locator('.chart').boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
  ok(await page.locator('.span p').innerText() !== label, 'it was dragged');
  await page.keyboard.press('Escape');
  equal(await page.locator('.span p').innerText(), label);
  await page.mouse.up();
  await page.waitForTimeout(300);
  equal(param(page, 'from'), null);
});

test('the timeline stays where it is when a range is chosen', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  await settled(page);
  const { y } = await page.locator('.chart').boundingBox();
  await page.focus('.handle[data-end=from]');
  await page.keyboard.press('ArrowRight');
  await shown(page, '.chip');
  equal((await page.locator('.chart').boundingBox()).y, y);
});

/* ---- counts ---- */

test('a facet gives as many as it says', async ({ page, open }) => {
  for (const kind of ['talks', 'participants', 'outcomes']) {
    await open(`?kind=${kind}`);
    await settled(page);
    const first = page.locator('.facets label').first();
    const count = await first.locator('.count').innerText();
    await first.click();
    await shown(page, '.chip');
    await page.waitForFunction((n) => document.querySelector('.found').innerText.split(' ')[0] === n, count);
  }
});

test('a filter in the address is kept, shown, and taken away', async ({ page, open }) => {
  await open('?kind=outcomes&filter=status%3Adeclined');
  await shown(page, '.card');
  equal(new Set(await page.locator('.card.outcome > header .status').allInnerTexts()).size, 1, 'statuses');
  await page.locator('.chip', { hasText: 'status:declined' }).click();
  await page.waitForFunction(() => !location.search.includes('filter'));
  await page.waitForFunction(() => new Set([...document.querySelectorAll('.card.outcome > header .status')].map((e) => e.innerText)).size > 1);
});

/* ---- the graph ---- */

test('names in the graph neither cover each other nor leave it', async ({ page, open }) => {
  for (const graph of ['sides', 'people']) {
    await open(`?q=&view=graph&graph=${graph}`);
    await shown(page, '.meetings a');
    const wrong = await page.evaluate(() => {
      const all = document.querySelector('.meetings').getBoundingClientRect();
      const boxes = [...document.querySelectorAll('.meetings text')].map((t) => [t.textContent, t.getBoundingClientRect()]);
      const out = boxes.filter(([, b]) => b.left < all.left - 1 || b.right > all.right + 1 || b.bottom > all.bottom + 1);
      const over = boxes.filter(([, a], i) => boxes.some(([, b], j) => j < i
        && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2));
      return [out, over].map((list) => list.map(([name]) => name));
    });
    equal(wrong, [[], []], graph);
    const alone = await page.evaluate(() => [...document.querySelectorAll('.meetings a')].map((a) => a.dataset.id)
      .filter((id) => ![...document.querySelectorAll('.meetings line')].some((l) => l.dataset.a === id || l.dataset.b === id)));
    equal(alone, [], 'alone');
  }
});

test('a pair of the graph finds its talks, whatever was asked', async ({ page, open }) => {
  await open('?q=egypt+OR+kenya&view=graph&match=all');
  await shown(page, 'tbody tr');
  for (const i of [0, 1, 2]) {
    const link = page.locator('tbody tr').nth(i).locator('a');
    const count = await link.innerText();
    await link.click();
    await shown(page, '.card.talk');
    await page.waitForFunction((n) => document.querySelector('.found').innerText.split(' ')[0] === n, count);
    await page.goBack();
    await shown(page, 'tbody tr');
  }
});

/* ---- appearance ---- */

test('in the system\'s own colours what is chosen can be told', async ({ page, open }) => {
  await open('?q=talks&kind=articles&from=2025-01-01');
  await shown(page, '.timeline.narrowed');
  const look = (selector, name) => page.locator(selector).first().evaluate((e, n) => getComputedStyle(e)[n], name);
  ok(await look('.tab[aria-selected=true]', 'borderBottomColor') !== await look('.tab[aria-selected=false]', 'borderBottomColor'), 'tabs');
  ok(await page.locator('.handle').first().evaluate((e) => getComputedStyle(e, '::before').backgroundColor
    !== getComputedStyle(document.body).backgroundColor), 'handles');
  await page.locator('#q').fill('mack');
  await shown(page, '.suggestion');
  await page.keyboard.press('ArrowDown');
  ok(await look('.suggestion[aria-selected=true]', 'backgroundColor') !== await look('.suggestion[aria-selected=false]', 'backgroundColor'), 'suggestions');
}, { forcedColors: 'active' });

test('what is written from right to left has its border on both sides', async ({ page, open }) => {
  await open('');
  await shown(page, '.card');
  const borders = () => page.locator('#q').evaluate((e) => [getComputedStyle(e).borderLeftWidth, getComputedStyle(e).borderRightWidth]);
  const latin = await borders();
  await page.fill('#q', 'الرياض');
  equal(await borders(), latin);
  equal(latin[0], '1px', 'the outer one');
});

test('a corrected word is missed once, and other kinds that have it are no matter of spelling', async ({ page, open }) => {
  await open('?q=wheet&kind=talks');
  await page.locator('.tab', { hasText: 'Articles 4' }).waitFor();
  equal((await page.locator('#notices').innerText()).match(/No talk mentions/g).length, 1);
  ok(!(await page.locator('.empty').innerText()).includes('spelling'), await page.locator('.empty').innerText());
});

test('names on the drawing tell how many talks a click gives, and stand away from their lines', async ({ page, open }) => {
  await open('?view=graph');
  await page.locator('.meetings a').first().waitFor();
  const wrong = await page.evaluate(() => [...document.querySelectorAll('.meetings a')].filter((a) => {
    const [circle, text] = [a.querySelector('circle'), a.querySelector('text')];
    const slopes = [...document.querySelectorAll('.meetings line')].filter((l) => [l.dataset.a, l.dataset.b].includes(a.dataset.id)).map((l) => {
      const [x1, y1, x2, y2] = ['x1', 'y1', 'x2', 'y2'].map((name) => Number(l.getAttribute(name)));
      return (Math.abs(y1 - Number(circle.getAttribute('cy'))) < 1 && Math.abs(x1 - Number(circle.getAttribute('cx'))) < 1 ? y2 - y1 : y1 - y2) / Math.hypot(x2 - x1, y2 - y1);
    });
    const isAbove = Number(text.getAttribute('y')) < Number(circle.getAttribute('cy'));
    const isThrough = slopes.every((slope) => (isAbove ? slope < -0.5 : slope > 0.5));
    return isThrough || ` ${/: (\d+) talks?$/.exec(a.getAttribute('aria-label'))[1]}` !== text.querySelector('tspan').textContent;
  }).map((a) => a.getAttribute('aria-label')));
  equal(wrong, []);
});

test('reported speech is shown without its sentence, and not as the words of the speaker', async ({ page, open }) => {
  await open('?kind=statements&q=' + encodeURIComponent('"prepare the ground for diplomatic relations"'));
  const card = page.locator('.card.statement').first();
  equal(await card.locator('blockquote').innerText(), 'both governments meant to prepare the ground for diplomatic relations to return to their full extent');
  equal(await card.locator('blockquote').getAttribute('class'), null, 'as upright as what others wrote');
  await card.locator('summary', { hasText: 'The sentence' }).click();
  await card.locator('.evidence', { hasText: 'Lavrov said both governments' }).waitFor();
});

test('a fact that a link opens is marked, not framed', async ({ page, open, base }) => {
  const { hits: [hit] } = await (await fetch(`${base}v1/outcomes?q=agreed`)).json();
  await open(`?article=${encodeURIComponent(hit.article)}&at=${hit.id.split('#').pop()}`);
  const fact = page.locator('.text .fact.chosen').first();
  await fact.waitFor();
  ok(await fact.evaluate((e) => e.matches(':focus')), 'it has the focus');
  equal(await fact.evaluate((e) => getComputedStyle(e).outlineStyle), 'none');
});

test('on a phone the first result begins in the upper half', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await page.locator('.bar-of').first().waitFor();
  await page.locator('.facets summary').waitFor();
  const top = await page.locator('.card').first().evaluate((e) => e.getBoundingClientRect().top);
  ok(top < 422, `${top}px`);
}, { width: 390, height: 844 });

test('on the narrowest screen no word of a choice is broken', async ({ page, open }) => {
  await open('?q=talks&view=graph');
  await shown(page, '.meetings');
  ok(await page.locator('th.n').evaluate((e) => e.getClientRects().length === 1 && e.offsetHeight < 40), 'the head of the table');
  equal(await page.locator('.choices a').evaluateAll((all) => all.filter((a) => a.getClientRects().length > 1 || a.offsetHeight > 36).map((a) => a.innerText)), []);
  ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
}, { width: 320, height: 640 });

test('the list stays where it is while one types', async ({ page, open }) => {
  await open('');
  await shown(page, '.bar-of');
  const tops = [];
  for (const key of ['r', 'i', 'y', 'a', 'd', 'h', 'z', 'q', 'q', 'x']) {
    await page.locator('#q').press(key);
    await page.waitForFunction(() => document.querySelector('.results').dataset.of === document.querySelector('#q').value);
    await page.waitForTimeout(400);
    tops.push((await page.locator('.columns').boundingBox()).y);
  }
  equal([...new Set(tops)].length, 1, `tops ${tops}`);
});

test('the graph is drawn anew for another width', async ({ page, open }) => {
  await open('?q=talks&view=graph');
  await shown(page, '.meetings');
  await page.setViewportSize({ width: 390, height: 844 });
  await shown(page, '.meetings[viewBox="0 0 380 420"]');
  await page.setViewportSize({ width: 1280, height: 900 });
  await shown(page, '.meetings[viewBox="0 0 760 500"]');
});

test('a range whose ends are exchanged is turned round', async ({ page, open }) => {
  await open('?q=nile&from=2025-06-01&to=2024-01-01');
  await shown(page, '.timeline.narrowed');
  equal(await page.locator('.chip bdi').innerText(), '1 Jan 2024 – 1 June 2025');
  ok(await page.locator('.bar-of:not(.out)').count() > 1, 'bars');
});

main(process.argv[2]);
