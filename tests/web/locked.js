'use strict';
// The search page of a server that needs a key and has an empty index. Usage: node locked.js URL KEY
const { test, ok, accessible, main } = require('./harness.js');

const key = process.argv[3];

test('a key is asked for, kept for the tab, and an empty index says so', async ({ page, open }) => {
  await open('');
  await page.fill('#key', 'wrong');
  await page.keyboard.press('Enter');
  await page.locator('#banner', { hasText: 'no such key' }).waitFor();
  await accessible(page, 'the key');
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await page.locator('.empty', { hasText: 'Nothing is indexed yet' }).waitFor();
  ok(await page.locator('#banner').isHidden(), 'the banner is gone');
  await page.reload();
  await page.locator('.empty', { hasText: 'Nothing is indexed yet' }).waitFor();
  await accessible(page, 'nothing indexed');
}, { errors: true });

main(process.argv[2]);
