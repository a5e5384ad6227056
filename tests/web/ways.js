'use strict';
// The ways between states: what comes late belongs to the state it was asked for, and back undoes one step.
// Usage: node ways.js URL
const { test, equal, ok, hold, main } = require('./harness.js');

const shown = (page, selector, options) => page.locator(selector, options).first().waitFor();
const param = (page, name) => new URL(page.url()).searchParams.get(name);

const isArticle = (url) => /\/v1\/articles\/[^/]*$/.test(url.pathname);

/* ---- late answers ---- */

test('an article that comes late does not stand in for the one gone back to', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await page.locator('.card h3 a').first().click();
  const title = await page.locator('#reader-title').innerText();
  await shown(page, '.like a');
  const release = await hold(page, isArticle);
  await page.locator('.like a').first().click();
  ok(await page.locator('#reader-title').isHidden(), 'one article under the address of another');
  await page.goBack();
  await shown(page, '#reader-title', { hasText: title });
  release();
  await page.waitForTimeout(300);
  equal(await page.locator('#reader-title').innerText(), title);
});

test('an article that comes late does not name the list gone back to', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await shown(page, '.facets fieldset');
  const release = await hold(page, isArticle);
  await page.locator('.card h3 a').first().click();
  await page.goBack();
  release();
  await page.waitForTimeout(300);
  ok((await page.title()).startsWith('talks'), await page.title());
  await shown(page, '.card');
});

test('the trouble of an article is over on the list', async ({ page, open }) => {
  await open('?q=talks&kind=articles');
  await shown(page, '.facets fieldset');
  await page.route(isArticle, (route) => route.abort());
  await page.locator('.card h3 a').first().click();
  await shown(page, '#banner', { hasText: 'cannot be reached' });
  await page.goBack();
  await shown(page, '.card');
  await shown(page, '.facets fieldset');
  ok(await page.locator('#banner').isHidden(), 'the banner');
  const asked = [];
  page.on('request', (r) => asked.push(r.url()));
  await page.waitForTimeout(2500);
  equal(asked.filter((url) => url.includes('/v1/')), [], 'requests');
}, { errors: true });

test('what stands beside a list is of that list, however soon one left it', async ({ page, open }) => {
  await open('?q=riyadh&kind=talks');
  await shown(page, '.facets fieldset');
  const right = await page.locator('.tabs').innerText();
  await open('?kind=talks');
  await shown(page, '.facets fieldset');
  const release = await hold(page, (url) => url.searchParams.has('facets'));
  await page.fill('#q', 'riyadh');
  await page.keyboard.press('Enter');
  await shown(page, '.results[data-of=riyadh] .card h3 a');
  await page.locator('.results[data-of=riyadh] .card a').first().click();
  await shown(page, '#reader-title');
  release();
  await page.goBack();
  await page.waitForFunction((w) => document.querySelector('.tabs').innerText === w, right);
});

test('counts are shown where the timeline fails', async ({ page, open }) => {
  await page.route('**/v1/timeline*', (route) => route.fulfill({ status: 503, body: '{}' }));
  await open('?q=riyadh&kind=talks');
  await shown(page, '.facets fieldset');
  await shown(page, '#banner');
}, { errors: true });

test('further hits that come late do not touch the next search', async ({ page, open }) => {
  await open('?kind=statements');
  await shown(page, '.more');
  const release = await hold(page, (url) => url.searchParams.has('cursor'));
  await page.click('.more');
  await page.fill('#q', 'mackerel');
  await page.keyboard.press('Enter');
  await shown(page, '.results[data-of=mackerel]');
  release();
  await page.waitForTimeout(300);
  equal(param(page, 'n'), null, 'n');
});

test('keys on the timeline are forgotten when the search is another', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  await page.evaluate(() => { // at once: what keys choose is not applied yet
    const handle = document.querySelector('.handle[data-end=to]');
    handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true, cancelable: true }));
    document.getElementById('q').value = 'mackerel';
    document.getElementById('q').form.requestSubmit();
  });
  await page.waitForTimeout(800);
  equal([param(page, 'q'), param(page, 'to')], ['mackerel', null]);
});

/* ---- back ---- */

test('back from a search typed over an article is that article', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('riya');
  await shown(page, '.results[data-of=riya] .card h3 a');
  await page.keyboard.press('Escape');
  await page.locator('.results .card a').first().click();
  await shown(page, '#reader-title');
  const article = page.url();
  await page.keyboard.press('/');
  await page.keyboard.type('mackerel');
  await page.waitForURL(/q=mackerel/);
  await page.goBack();
  equal(page.url(), article);
});

test('back undoes what keys did on the timeline', async ({ page, open }) => {
  await open('?kind=articles');
  await shown(page, '.bar-of');
  await page.focus('.handle[data-end=from]');
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/from=/);
  await page.waitForTimeout(600);
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/from=2024-11/);
  await page.goBack();
  equal([param(page, 'from'), param(page, 'kind')], [null, 'articles']);
});

test('suggestions are for what the box says', async ({ page, open }) => {
  await open('?q=riya&prefix=1');
  await shown(page, '.card');
  await page.fill('#q', 'mackerel');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=mackerel$/);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('#q').value === 'riya');
  await page.keyboard.press('ArrowDown');
  await shown(page, '.suggestion', { hasText: 'riyadh' });
  await page.keyboard.press('Escape');
  equal(await page.inputValue('#q'), 'riya');
});

test('a node of the graph narrows what is asked', async ({ page, open }) => {
  await open('?q=talks&view=graph&from=2024-10-01');
  await shown(page, '.meetings a[data-id=EG]');
  await page.focus('.meetings a[data-id=EG]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/side=EG/);
  equal([param(page, 'q'), param(page, 'from'), param(page, 'kind')], ['talks', '2024-10-01', 'talks']);
});

test('a day that no calendar has is not asked for', async ({ page, open }) => {
  await open('?kind=articles&from=2024-13-45&to=2024-02-31');
  await shown(page, '.card');
  equal(await page.locator('.chip').count(), 0, 'dates');
});

test('who was only mentioned is shown where', async ({ page, open }) => {
  await open('?kind=participants&role=mentioned');
  await page.locator('.card.person h3 a').first().click();
  await shown(page, '#reader-title');
});

test('back knows a typed search that was read, and not those on the way to it', async ({ page, open }) => {
  await open('');
  await page.locator('#q').pressSequentially('riya', { delay: 60 });
  await shown(page, '.results[data-of=riya] .card');
  await page.waitForTimeout(2300);
  await page.click('.clear');
  await page.waitForFunction(() => !location.search.includes('q='));
  await page.locator('#q').pressSequentially('mackerel', { delay: 60 });
  await shown(page, '.results[data-of=mackerel] .card');
  await page.waitForTimeout(2300);
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=mackerel$/);
  await page.goBack();
  equal(param(page, 'q'), null, 'cleared');
  await page.goBack();
  await shown(page, '.results[data-of=riya] .card');
  await page.goBack();
  equal(param(page, 'q'), null, 'the beginning');
});

main(process.argv[2]);
