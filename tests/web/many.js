'use strict';
// The search page where there is one result, and where there are more than ten thousand. Usage: node many.js URL
const fs = require('fs');
const { test, equal, ok, accessible, main } = require('./harness.js');

const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const FOUND = 10500; // articles with the word
const SIZES = [['light', 1280, 900], ['dark', 320, 640]];

for (const [scheme, width, height] of SIZES) {
  test(`one result and ten thousand have room: ${scheme}, ${width} wide`, async ({ page, open }) => {
    for (const [at, heading] of [['?q=lighthouse&kind=articles', '1 article'], ['?q=grain&kind=articles', '10,500 articles'], ['?q=grain', '10,500 results']]) {
      await open(at);
      await shown(page, '#tab-articles .count', { hasText: /\d/ });
      await page.waitForFunction((text) => document.querySelector('.found').innerText === text, heading);
      equal(await page.locator('.found').innerText(), heading);
      equal(await page.locator('#tab-articles .count').innerText(), heading[1] === ' ' ? '1' : '10,500');
      equal(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0, `${at} is too wide by`);
      ok(await page.locator('.tab, .facets .count').evaluateAll((all) => all.every((e) => e.getClientRects().length < 2)), 'a number is broken');
      await accessible(page, at);
    }
    equal(await page.locator('.more').count(), 0, 'more of all kinds');
  }, { scheme, width, height });
}

test('more and more is shown, and a reload shows as much', async ({ page, open }) => {
  await open('?q=grain&kind=articles');
  for (const n of [40, 60]) {
    await page.click('.more');
    await page.waitForFunction((wanted) => document.querySelectorAll('.card').length === wanted, n);
  }
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 60);
});

test('a file has every row, in parts that follow each other', async ({ page, open }) => {
  await open('?q=grain&kind=articles');
  await shown(page, '.facets fieldset');
  const saved = page.waitForEvent('download');
  const link = page.locator('.links a', { hasText: 'CSV' });
  const steps = page.waitForFunction(() => /,000 rows…/.test(document.querySelector('.links a').textContent));
  await link.click();
  await steps;
  const lines = fs.readFileSync(await (await saved).path(), 'utf8').trim().split('\r\n');
  equal(lines.length, FOUND + 1, 'lines');
  equal(new Set(lines.map((line) => line.split(',')[0])).size, FOUND + 1, 'ids');
});

main(process.argv[2]);
