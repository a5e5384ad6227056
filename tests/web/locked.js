'use strict';
// The search page of servers that need a key: of an empty index, and of the sample articles. Usage:
// node locked.js EMPTY SAMPLES KEY
const fs = require('fs');
const { test, equal, ok, accessible, main } = require('./harness.js');

const [samples, key] = process.argv.slice(3);

test('a key is asked for, kept for the tab, and an empty index says so', async ({ page, open }) => {
  await open('');
  await page.fill('#key', 'wrong');
  await page.keyboard.press('Enter');
  await page.locator('#banner', { hasText: 'no such key' }).waitFor();
  equal(await page.evaluate(() => document.activeElement.id), 'key', 'the focus');
  await accessible(page, 'the key');
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await page.locator('.empty', { hasText: 'Nothing is indexed yet' }).waitFor();
  ok(await page.locator('#banner').isHidden(), 'the banner is gone');
  await page.reload();
  await page.locator('.empty', { hasText: 'Nothing is indexed yet' }).waitFor();
  await accessible(page, 'nothing indexed');
}, { errors: true });

test('what is shown can be taken along with the key', async ({ page }) => {
  await page.goto(`${samples}?q=mackerel&kind=articles`);
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await page.locator('.card').first().waitFor();
  equal(await page.locator('.links a').allInnerTexts(), ['CSV']);
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.links a').click()]);
  ok(fs.readFileSync(await file.path(), 'utf8').includes('ackerel'), 'the hits');
}, { errors: true, hosts: [new URL(samples).host] });

main(process.argv[2]);
