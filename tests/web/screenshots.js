'use strict';
// Four views of the search page: node screenshots.js URL FOLDER
const path = require('path');
const { chromium } = require('playwright-core');

const [base, folder] = process.argv.slice(2);
const NILE = '?q=nile+treaty&kind=articles';
const PICTURES = [
  { name: 'talks', at: '?q=riyadh+talks', width: 1120, height: 800, scheme: 'light', wait: '.bar-of' },
  { name: 'article', at: NILE, width: 1120, height: 720, scheme: 'light', wait: '.card', click: '.card h3 a', then: '.jumps a[data-jump^=o]' },
  { name: 'graph', at: '?q=&view=graph&graph=sides', width: 1120, height: 880, scheme: 'dark', wait: '.meetings' },
  { name: 'phone', at: '?q=riyadh&kind=talks', width: 390, height: 780, scheme: 'dark', wait: '.card.talk' },
];

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.READOUT_CHROMIUM || '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  for (const { name, at, width, height, scheme, wait, click, then } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
    await page.goto(base + at);
    for (const selector of [click, then].filter(Boolean)) {
      await page.locator(selector).first().click();
    }
    await page.locator(click ? '.text' : wait).first().waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: path.join(folder, `page-${name}.png`) });
    await page.close();
  }
  await browser.close();
})();
