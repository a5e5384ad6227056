'use strict';
// How long the first result takes after the last key: node page_bench.js URL [QUERY…]
// Each query is typed letter by letter on a fresh page of a running daemon; the time is from the last
// key to the first card drawn of what was typed. What the page weighs is told, too.
const { chromium } = require('playwright-core');

const [base, ...given] = process.argv.slice(2);
const queries = given.length ? given : ['oil prices', 'central bank', 'earthquake japan', 'merger talks',
  'nuclear deal', 'election results', 'ceasefire', 'airline strike', 'bond yields', 'euro zone debt'];
const middle = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function once(page, query) {
  await page.goto(base);
  await page.locator('.card').first().waitFor();
  await page.evaluate((wanted) => {
    const results = document.getElementById('results');
    globalThis.shownAt = new Promise((resolve) => {
      const look = () => (results.dataset.of === wanted && results.querySelector('.card')
        ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look));
      look();
    });
    document.getElementById('q').addEventListener('keydown', () => { globalThis.keyAt = performance.now(); });
  }, query);
  await page.focus('#q');
  await page.keyboard.type(query, { delay: 90 });
  return page.evaluate(async () => (await globalThis.shownAt) - globalThis.keyAt);
}

async function weight(browser) {
  const page = await browser.newPage();
  const sizes = [];
  page.on('response', async (r) => {
    if (!r.url().includes('/v1/')) {
      sizes.push(r.request().sizes().then((s) => [s.responseBodySize, r.body().then((b) => b.length)]));
    }
  });
  await page.goto(base);
  await page.locator('.card, .empty').first().waitFor();
  const all = await Promise.all(sizes);
  const plain = await Promise.all(all.map(([, body]) => body));
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  console.log(`page: ${all.length} files, ${(sum(all.map(([sent]) => sent)) / 1000).toFixed(1)} KB sent, ${(sum(plain) / 1000).toFixed(1)} KB unpacked`);
  await page.close();
}

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.READOUT_CHROMIUM || '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  await weight(browser);
  const page = await browser.newPage();
  const times = [];
  for (const query of queries) {
    const ms = await once(page, query);
    times.push(ms);
    console.log(`${ms.toFixed(0).padStart(5)} ms  ${query}`);
  }
  console.log(`first result after the last key: median ${middle(times).toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms`);
  await browser.close();
})();
