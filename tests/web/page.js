'use strict';
// The search page. Usage: node page.js URL
const { test, equal, ok, accessible, main } = require('./harness.js');

const text = (page, selector) => page.locator(selector).first().innerText();

test('typing finds, and the address says what', async ({ page, open }) => {
  await open('');
  await page.fill('#q', 'moratorium energy');
  await page.locator('#results mark', { hasText: 'moratorium' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?q=moratorium\+energy$/);
  ok((await text(page, '#results')).includes('moratorium'), 'the hits have the word');
  ok(await page.locator('#results mark').count(), 'the words are marked');
});

test('tabs show the kinds with their counts', async ({ page, open }) => {
  await open('?q=mackerel');
  await page.locator('#tab-outcomes .count').waitFor();
  await page.click('#tab-outcomes');
  await page.waitForURL(/kind=outcomes/);
  await page.locator('.card.outcome').first().waitFor();
  equal(await page.locator('[role=tab][aria-selected=true]').getAttribute('id'), 'tab-outcomes');
  await page.waitForFunction(() => document.querySelector('.card.outcome') && !document.querySelector('.card:not(.outcome)'));
});

test('the results have no violations', async ({ page, open }) => {
  await open('?q=riyadh+talks');
  await page.locator('.card').first().waitFor();
  await accessible(page);
});

main(process.argv[2]);
