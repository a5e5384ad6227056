'use strict';
// Whatever an article, a question or an address holds is shown as text: nothing runs, and the policy of the page
// has nothing to refuse (the harness fails a case on both). Usage: node hostile.js URL
const { test, equal, ok, accessible, main } = require('./harness.js');

const IMAGE = '<img src=x onerror=alert(1)>';
const EVIL = `"><img src=x onerror=alert(1)>/#'`;
const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();

async function innocent(page) {
  equal(await page.locator('main img, main script, main svg[onload], [onclick], [onerror]').count(), 0, 'elements from data');
  for (const a of await page.locator('a[href]').evaluateAll((all) => all.map((e) => e.getAttribute('href')))) {
    ok(!/^\s*(javascript|data|vbscript):/i.test(a), a);
  }
}

for (const kind of ['all', 'talks', 'participants', 'outcomes', 'statements', 'articles']) {
  test(`hostile articles are text: ${kind}`, async ({ page, open }) => {
    await open(`?q=harm&kind=${kind}`);
    await shown(page, '.card');
    await page.waitForTimeout(300);
    await innocent(page);
    const text = await page.locator('#results').innerText();
    ok(text.includes('<script>') || text.includes('<img'), 'it is to be read');
  });
}

test('a hostile article is text', async ({ page, open }) => {
  await open(`?article=${encodeURIComponent(EVIL)}&at=o1`);
  await shown(page, '.text .fact.chosen');
  await innocent(page);
  ok((await page.locator('.reader h1').innerText()).includes('<script>'), 'the title');
  await accessible(page);
});

test('a hostile question and a hostile address are text', async ({ page, open }) => {
  await open(`?q=${encodeURIComponent(`${IMAGE} "'</script>`)}&side=${encodeURIComponent(IMAGE)}&kind=__proto__&sort=constructor&view=x&n=1e9&from=${encodeURIComponent(IMAGE)}&at=%00&graph=toString`);
  await shown(page, '.empty, .card');
  await shown(page, '.chip', { hasText: '<img' });
  await innocent(page);
  await page.fill('#q', `harm ${IMAGE}`);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(400);
  await innocent(page);
});

test('hostile suggestions are text', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('har');
  await shown(page, '.suggestion', { hasText: '<script>' });
  await page.waitForTimeout(200);
  equal(await page.locator('.suggestion script, .suggestion img').count(), 0);
});

test('marks stand where they should behind emoji', async ({ page, open }) => {
  await open('?q=emoji&kind=articles');
  await shown(page, '.snippet mark');
  equal(await page.locator('.snippet mark').allInnerTexts(), ['emoji']);
});

test('a source with quotation marks narrows to its articles', async ({ page, open }) => {
  await open('?q=harm&kind=articles');
  await page.locator('.facets label', { hasText: 'A & "B" \\' }).click();
  await shown(page, '.chip', { hasText: 'A & "B" \\' });
  await page.waitForFunction(() => document.querySelectorAll('.card h3').length === 1);
  equal(await page.locator('.card h3').innerText(), 'Harm by data');
});

for (const width of [1280, 320]) {
  test(`long words and names do not widen the page: ${width}`, async ({ page, open }) => {
    for (const at of ['?q=harm', '?q=harm&kind=articles', '?article=long', `?q=harm&view=graph&graph=people&kind=talks`]) {
      await open(at);
      await shown(page, '.card, .text, .graph');
      await page.waitForTimeout(300);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      ok(wide <= 0, `${at} is ${wide} pixels too wide`);
    }
  }, { width });
}

test('what runs from right to left does so', async ({ page, open }) => {
  await open('?q=%D8%A7%D9%84%D8%B1%D9%8A%D8%A7%D8%B6&kind=articles');
  const title = page.locator('.card h3', { hasText: 'محادثات' });
  await title.waitFor();
  equal(await title.evaluate((e) => getComputedStyle(e).direction), 'rtl');
  equal(await page.locator('#q').evaluate((e) => getComputedStyle(e).direction), 'rtl');
  equal(await page.locator('.card .meta').first().evaluate((e) => getComputedStyle(e).direction), 'rtl', 'what is said of it');
  equal(await title.getAttribute('lang'), 'ar');
  await title.locator('a').click();
  await shown(page, '.text p');
  equal(await page.locator('.text p').first().evaluate((e) => getComputedStyle(e).direction), 'rtl');
  await accessible(page);
});

test('an article that is not there is said', async ({ page, open }) => {
  await open('?article=nobody');
  await shown(page, '#article h1', { hasText: 'not here' });
  await shown(page, '#article', { hasText: 'nobody' });
  await accessible(page);
  await page.click('.back');
  await shown(page, '.card');
}, { errors: true });

main(process.argv[2]);
