'use strict';
// Each view: no violations of WCAG 2.2 AA at any size in either scheme; keys alone suffice; trouble is told.
// Usage: node views.js URL
const { test, equal, ok, accessible, hold, main } = require('./harness.js');

const RIYADH = encodeURIComponent('sha256:6ea484dfb4fac1a62f16f6dfe9342d11');
const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const VIEWS = {
  'all kinds': ['?q=who+led+the+Russian+delegation', '.kind'],
  'talks, narrowed': ['?q=talks&kind=talks&side=EG&from=2024-11-01', '.timeline.narrowed'],
  'a narrow range': ['?kind=articles&from=2025-02-01&to=2025-02-28', '.timeline.narrowed'],
  people: ['?q=minister&kind=participants', '.card.person'],
  outcomes: ['?q=&kind=outcomes&status=agreed&status=declined', '.card.outcome'],
  statements: ['?q=mackerel&kind=statements', '.card.statement'],
  articles: ['?q=mackerel&kind=articles', '.card.news'],
  article: [`?article=${RIYADH}&at=o5`, '.text .fact.chosen'],
  graph: ['?q=talks&view=graph', '.meetings'],
};

for (const [scheme, width, height] of [['light', 1280, 900], ['dark', 390, 844]]) {
  test(`views have no violations: ${scheme}, ${width} wide`, async ({ page, open }) => {
    for (const [name, [at, selector]] of Object.entries(VIEWS)) {
      await open(at);
      await shown(page, selector);
      if (name !== 'article') {
        await page.locator('.facets details').waitFor();
      }
      await accessible(page, name);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      ok(wide <= 0, `${name} is ${wide} pixels too wide`);
    }
  }, { scheme, width, height });
}

test('suggestions have no violations', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('riya');
  await shown(page, '.suggestion');
  await page.keyboard.press('ArrowDown');
  await accessible(page);
});

test('on the narrowest screen both ends of a narrow range can be got hold of', async ({ page, open }) => {
  for (const month of ['2024-09-01&to=2024-09-30', '2025-02-01&to=2025-02-28', '2025-09-01&to=2025-09-30']) {
    await open(`?kind=articles&from=${month}`);
    await shown(page, '.timeline.narrowed');
    const [from, to] = await page.locator('.handle').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().toJSON()));
    ok(from.right <= to.left + 0.5, `${month}: ${from.right} is beyond ${to.left}`);
    await page.locator('.facets details').waitFor();
    await accessible(page, month);
  }
}, { width: 320, height: 640 });

test('on a phone the chosen tab is in sight', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.facets summary');
  const { x, width } = await page.locator('#tab-articles').boundingBox();
  ok(x >= 0 && x + width <= 391, `from ${x} to ${x + width}`);
}, { width: 390, height: 844, hasTouch: true, isMobile: true });

test('on a phone filters are folded and open', async ({ page, open }) => {
  await open('?kind=talks');
  await shown(page, '.facets summary');
  ok(await page.locator('.facets label').first().isHidden(), 'folded');
  await page.click('.facets summary');
  await page.locator('.facets label').first().click();
  await shown(page, '.chip');
  ok(await page.locator('.facets label').first().isVisible(), 'still open');
}, { width: 390, height: 844, hasTouch: true, isMobile: true });

test('keys alone suffice: from the box to a fact and back', async ({ page, open }) => {
  await open('');
  await shown(page, '.card');
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to results');
  await page.keyboard.press('/');
  await page.keyboard.type('riyadh');
  await page.keyboard.press('Enter');
  await shown(page, '.card.talk mark');
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.textContent.startsWith('A moratorium'))) {
      break;
    }
  }
  await page.keyboard.press('Enter');
  await shown(page, '.text .fact.chosen', { hasText: 'proposed a moratorium' });
  await page.goBack();
  await shown(page, '.card.talk');
});

test('colours follow the system until chosen, and the choice stays', async ({ page, open }) => {
  await open('');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await paper();
  await page.click('.theme');
  const light = await paper();
  ok(light !== dark, 'another colour');
  await page.reload();
  equal(await paper(), light);
}, { scheme: 'dark' });

/* ---- trouble ---- */

const fail = (page, status, problem, headers = {}) => page.route('**/v1/**', (route) =>
  route.fulfill({ status, headers: { 'Content-Type': 'application/problem+json', ...headers }, body: JSON.stringify(problem) }));

test('a server that is gone is told, and found again by itself', async ({ page, open }) => {
  await open('?q=riyadh');
  await shown(page, '.card');
  await page.route('**/v1/**', (route) => route.abort());
  await page.fill('#q', 'mackerel');
  await shown(page, '#banner', { hasText: 'cannot be reached' });
  await shown(page, '.results.stale');
  await accessible(page, 'gone');
  await page.unroute('**/v1/**');
  await page.locator('#results mark', { hasText: 'mackerel' }).first().waitFor();
  ok(await page.locator('#banner').isHidden(), 'the banner is gone');
}, { errors: true });

test('offline is told, and over when it is', async ({ page, context, open }) => {
  await open('?q=riyadh');
  await shown(page, '.card');
  await context.setOffline(true);
  await shown(page, '#banner', { hasText: 'You are offline' });
  await context.setOffline(false);
  await page.locator('#banner').waitFor({ state: 'hidden' });
}, { errors: true });

test('problems are told in the words of the server', async ({ page, open }) => {
  await fail(page, 504, { title: 'Deadline passed' });
  await open('?q=riyadh');
  await shown(page, '#banner', { hasText: 'took too long' });
  await page.unroute('**/v1/**');
  await fail(page, 503, { title: 'Overloaded' }, { 'Retry-After': '7' });
  await page.click('#banner button');
  await shown(page, '#banner', { hasText: 'Trying again in 7 seconds' });
  await page.unroute('**/v1/**');
  await fail(page, 400, { title: 'Parameter not valid', detail: 'q: too long' });
  await page.click('#banner button');
  await shown(page, '#banner', { hasText: 'q: too long' });
  await page.unroute('**/v1/**');
  await page.click('#banner button');
  await shown(page, '.card');
}, { errors: true });

test('a slow search shows that it is under way, and an older answer never wins', async ({ page, open }) => {
  await open('?q=riyadh');
  await shown(page, '.card');
  const release = await hold(page, '**/v1/answers?q=mackerel*');
  await page.fill('#q', 'mackerel');
  await page.keyboard.press('Enter');
  await shown(page, '.progress');
  equal(await page.getAttribute('#panel', 'aria-busy'), 'true');
  await page.fill('#q', 'grain');
  await page.keyboard.press('Enter');
  await shown(page, '#results mark', { hasText: 'rain' });
  release();
  await page.waitForTimeout(600);
  equal(await page.locator('#results mark', { hasText: 'mackerel' }).count(), 0);
  ok(await page.locator('.progress').isHidden(), 'it is over');
});

main(process.argv[2]);
