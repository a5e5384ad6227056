'use strict';
// The search box in the static example, on a server of its own that only sends files. Usage: node box.js URL
const fs = require('fs');
const http = require('http');
const path = require('path');
const { test, equal, ok, accessible, main } = require('./harness.js');

const server = process.argv[2];
const UI = path.join(__dirname, '..', '..', 'searchd', 'ui');
const SITE = path.join(UI, 'examples', 'static');
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
// As strict as a page with the box can be.
const POLICY = `default-src 'none'; script-src 'self' ${server}; style-src 'self'; connect-src ${server}; require-trusted-types-for 'script'; trusted-types 'none'`;

const site = http.createServer((request, response) => {
  const name = request.url === '/' ? 'index.html' : path.basename(request.url.split('?')[0]);
  const file = path.join(SITE, name);
  if (!fs.existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const text = fs.readFileSync(file, 'utf8').replaceAll('http://127.0.0.1:7700', server.replace(/\/$/, ''));
  response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)], 'Content-Security-Policy': POLICY }).end(text);
});

const input = (page) => page.getByRole('combobox');
const hosts = { hosts: [new URL(server).host] };

test('two lines are enough', async ({ page, open }) => {
  await open('');
  await input(page).fill('riyadh');
  await page.getByRole('option').first().waitFor();
  await input(page).press('Enter');
  const talk = page.locator('readout-search > div', { hasText: 'Russia – United States' });
  await talk.waitFor();
  equal(await talk.locator('.talks').innerText(), 'Talks', 'the template of the page');
  ok(await page.locator('readout-search mark').count(), 'marks');
  await page.locator('#said', { hasText: 'Searched for “riyadh”' }).waitFor();
  await accessible(page);
}, hosts);

test('keys move among suggestions, and escape gives back what was typed', async ({ page, open }) => {
  await open('');
  await input(page).pressSequentially('riya');
  await page.getByRole('option').first().waitFor();
  await input(page).press('ArrowDown');
  equal(await input(page).inputValue(), 'riyadh');
  ok(await input(page).getAttribute('aria-activedescendant'), 'it is told which one');
  await accessible(page, 'the list is open');
  await input(page).press('Escape');
  equal(await input(page).inputValue(), 'riya');
  equal(await input(page).getAttribute('aria-expanded'), 'false');
}, hosts);

test('a hit leads to its evidence, unless the page prevents it', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.addEventListener('readout-select', (e) => {
    globalThis.chosen = e.detail.href;
    e.preventDefault();
  }));
  await input(page).fill('riyadh moratorium');
  await input(page).press('Enter');
  await page.locator('readout-search').getByRole('link').first().click();
  const href = await page.evaluate(() => globalThis.chosen);
  ok(href.startsWith(`${server}?article=sha256`) && /&at=\w\d+$/.test(href), href);
  ok(!page.url().includes('article'), 'the page stays');
}, hosts);

test('attributes choose kind, filter and number', async ({ page, open }) => {
  await open('');
  await page.evaluate(async () => {
    const box = document.querySelector('readout-search');
    box.setAttribute('kind', 'outcomes');
    box.setAttribute('filter', 'status:declined');
    box.setAttribute('limit', '2');
    await box.search('');
  });
  equal(await page.locator('readout-search li').count(), 2);
  ok((await page.locator('readout-search li .meta').allInnerTexts()).every((t) => t.startsWith('declined')), 'all declined');
}, hosts);

test('nothing found and no server are said', async ({ page, open }) => {
  await open('');
  await input(page).fill('zzyzx');
  await input(page).press('Enter');
  await page.getByText('Nothing in our pages').waitFor();
  await page.evaluate(async () => {
    const box = document.querySelector('readout-search');
    box.setAttribute('server', 'http://127.0.0.1:1');
    await box.search('a');
  });
  await page.getByText('cannot be reached').waitFor();
}, { ...hosts, errors: true, hosts: [...hosts.hosts, '127.0.0.1:1'], bypassCSP: true });

test('the box is small and needs nothing but its client', async ({ page }) => {
  let size = 0;
  for (const name of ['box.js', 'readout.js']) {
    const text = await (await page.request.get(server + name)).text();
    size += Buffer.byteLength(text);
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) {
      equal(from, './readout.js');
    }
  }
  ok(size <= 20 * 1024, `${size} bytes`);
});

test('the client works in node', async () => {
  const { Readout, ReadoutError } = await import(`data:text/javascript,${encodeURIComponent(fs.readFileSync(path.join(UI, 'readout.js'), 'utf8'))}`);
  const client = new Readout({ server });
  const { hits } = await client.talks({ q: 'riyadh', facets: ['side', 'place'], limit: 1 });
  const article = await client.article(hits[0].article);
  ok(article.facts.talks.length, 'facts');
  const error = await client.search({ nonsense: 1 }).catch((e) => e);
  ok(error instanceof ReadoutError && error.status === 400 && error.problem.detail, 'a problem');
});

site.listen(0, '127.0.0.1', () => main(`http://127.0.0.1:${site.address().port}/`));
