'use strict';
// Cases in one browser: each has a fresh page, and none may raise an error, break the page's policy or ask
// another host for anything.
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const PATIENCE = 1000 * Number(process.env.READOUT_PATIENCE || 60);
const cases = [];

/** test('a sentence', async ({ page, expect }) => …, { width, height, scheme, … }) */
function test(name, run, options = {}) {
  cases.push({ name, run, options });
}

function equal(got, wanted, what = 'value') {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) {
    throw new Error(`${what}: ${a}, expected ${b}`);
  }
}

function ok(value, what) {
  if (!value) {
    throw new Error(what);
  }
}

/** What axe-core finds against WCAG 2.2 A and AA: nothing. */
async function accessible(page, what = '') {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  const lines = found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.any.map((c) => c.message).join('; ').slice(0, 200)}`).join(' | ')}`);
  ok(!lines.length, `axe${what && ` (${what})`}: ${lines.join('\n')}`);
}

/** Waits until look() gives what is wanted. */
async function becomes(look, wanted, what) {
  const end = Date.now() + PATIENCE;
  while (JSON.stringify(await look()) !== JSON.stringify(wanted) && Date.now() < end) {
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  equal(await look(), wanted, what);
}

/** Holds what `wanted` says back until the function that is returned is called. */
async function hold(page, wanted) {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route(wanted, async (route) => {
    await released;
    await route.continue().catch(() => {}); // nobody may want it any more
  });
  return release;
}

async function runCase(browser, base, { run, options }) {
  const { width = 1280, height = 900, scheme = 'light', hosts = [], errors = false, ...more } = options;
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', ...more,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  page.on('pageerror', (e) => wrong.push(`error: ${e.message}`));
  page.on('console', (m) => {
    if (m.type() === 'error' && !(errors && /Failed to load resource|ERR_/.test(m.text()))) {
      wrong.push(`console: ${m.text()}`);
    }
  });
  page.on('dialog', (d) => { wrong.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (/^https?:$/.test(url.protocol) && ![new URL(base).host, ...hosts].includes(url.host)) {
      wrong.push(`request to ${url.host}`);
    }
  });
  try {
    await run({ page, context, base, open: (path) => page.goto(new URL(path, base).href) });
    ok(!wrong.length, wrong.join('\n'));
  } finally {
    await context.close();
  }
}

/** Runs the cases whose name has the word of $READOUT_CASE; ends the process. */
async function main(base) {
  const browser = await chromium.launch({
    executablePath: process.env.READOUT_CHROMIUM || '/usr/bin/chromium',
    timeout: PATIENCE,
    args: process.getuid && process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  let failed = 0;
  for (const one of cases.filter((c) => c.name.includes(process.env.READOUT_CASE || ''))) {
    const start = Date.now();
    try {
      await runCase(browser, base, one);
      console.log(`ok    ${one.name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${one.name}\n${error.stack || error}`);
    }
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
}

module.exports = { test, equal, ok, accessible, becomes, hold, main };
