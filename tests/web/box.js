'use strict';
// The examples, on a server of their own that only sends files: the search box, and InstantSearch.js. Usage:
// node box.js URL
const fs = require('fs');
const http = require('http');
const path = require('path');
const { test, equal, ok, accessible, hold, main } = require('./harness.js');

const server = process.argv[2];
const UI = path.join(__dirname, '..', '..', 'searchd', 'ui');
const EXAMPLES = path.join(UI, 'examples');
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
// As strict as a page with the box can be; InstantSearch makes markup of text here and there.
const POLICY = `default-src 'none'; script-src 'self' ${server}; style-src 'self'; connect-src ${server}`;
const policyOf = (url) => (url.startsWith('/instantsearch/') ? POLICY : `${POLICY}; require-trusted-types-for 'script'; trusted-types 'none'`);

/** /FOLDER/FILE of the examples; what they need of others is where it is installed. */
function fileOf(url) {
  const name = path.posix.normalize(new URL(url, 'http://a/').pathname).replace(/\/$/, '/index.html');
  const [, packaged] = /^\/instantsearch\/node_modules\/(.*)/.exec(name) || [];
  return packaged ? path.join(process.env.NODE_PATH, packaged) : path.join(EXAMPLES, name);
}

const site = http.createServer((request, response) => {
  const file = fileOf(request.url);
  if (!fs.existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const text = fs.readFileSync(file, 'utf8').replaceAll('http://127.0.0.1:7700', server.replace(/\/$/, ''));
  response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)], 'Content-Security-Policy': policyOf(request.url) }).end(text);
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

test('what is typed after an arrow is what is searched', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.addEventListener('readout-query', (e) => { globalThis.asked = e.detail.q; }));
  await input(page).pressSequentially('riya');
  await page.getByRole('option', { name: 'riyadh' }).first().waitFor();
  await input(page).press('ArrowDown');
  await input(page).pressSequentially(' moratorium');
  await input(page).press('Enter');
  equal(await page.evaluate(() => globalThis.asked), 'riyadh moratorium');
}, hosts);

test('the list stays shut after enter', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.querySelector('readout-search').setAttribute('results', 'none'));
  let release;
  const entered = new Promise((resolve) => { release = resolve; });
  await page.route(/suggest/, async (route) => {
    await entered;
    await route.continue().catch(() => {}); // given up meanwhile
  });
  const asked = page.waitForRequest(/suggest/);
  await input(page).pressSequentially('riya', { delay: 5 });
  await asked;
  await input(page).press('Enter');
  release();
  await page.waitForTimeout(500);
  equal(await input(page).getAttribute('aria-expanded'), 'false');
}, hosts);

test('a failing suggestion leaves the results alone', async ({ page, open }) => {
  await open('');
  await input(page).fill('riyadh');
  await input(page).press('Enter');
  await page.locator('readout-search mark').first().waitFor();
  await page.route(/suggest/, (route) => route.abort());
  const asked = page.waitForRequest(/suggest/);
  await input(page).press('End');
  await input(page).pressSequentially('x');
  await asked;
  await page.waitForTimeout(300);
  ok(await page.locator('readout-search mark').count(), 'the results');
  equal(await page.getByText('cannot be reached').count(), 0, 'trouble');
}, { ...hosts, errors: true });

test('a slow search says so, and one more key does not end it', async ({ page, open }) => {
  await open('');
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route(/kind=all/, async (route) => {
    await released;
    await route.continue();
  });
  await input(page).fill('riyadh');
  await input(page).press('Enter');
  await page.locator('readout-search').getByText('Searching…').first().waitFor();
  await accessible(page, 'slow');
  const asked = page.waitForRequest(/suggest/);
  await input(page).pressSequentially(' m');
  await asked;
  release();
  await page.locator('readout-search mark').first().waitFor();
  equal(await page.locator('readout-search').getByText('Searching…').count(), 0);
}, hosts);

test('all results are those of the box, on the page', async ({ page, open }) => {
  await open('');
  await page.evaluate(async () => {
    const box = document.querySelector('readout-search');
    box.setAttribute('kind', 'outcomes');
    box.setAttribute('filter', 'status:declined');
    box.setAttribute('limit', '1');
    await box.search('');
  });
  const all = page.getByRole('link', { name: /^All \d+ results/ });
  const count = /\d+/.exec(await all.innerText())[0];
  await page.goto(await all.getAttribute('href'));
  await page.locator('.card.outcome').first().waitFor();
  await page.waitForFunction((n) => document.querySelector('.found').innerText.split(' ')[0] === n, count);
}, hosts);

test('in the system\'s own colours the chosen suggestion can be told', async ({ page, open }) => {
  await open('');
  await input(page).pressSequentially('riya');
  await page.getByRole('option').first().waitFor();
  await input(page).press('ArrowDown');
  equal(await page.getByRole('option').first().evaluate((e) => getComputedStyle(e).outlineStyle), 'solid');
}, { ...hosts, forcedColors: 'active' });

test('on a light page the box is light, whatever the system is', async ({ page, open }) => {
  await open('');
  equal(await page.locator('readout-search').evaluate((box) => {
    box.ownerDocument.documentElement.style.colorScheme = 'light';
    const own = [...document.styleSheets[0].cssRules].find((rule) => rule.selectorText === 'readout-search');
    own.style.removeProperty('color-scheme'); // the example's own style says light
    return getComputedStyle(box).color;
  }), 'rgb(0, 0, 0)');
}, { ...hosts, scheme: 'dark' });

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

test('on a dark site that says nothing of it the results can be read', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => {
    const own = [...document.styleSheets[0].cssRules].find((rule) => rule.selectorText === 'readout-search');
    own.style.removeProperty('color-scheme');
    Object.assign(document.body.style, { background: '#15171a', color: '#eee' });
    document.querySelectorAll('readout-search > template').forEach((t) => t.remove());
  });
  await input(page).fill('riyadh');
  await input(page).press('Enter');
  await page.locator('readout-search mark').first().waitFor();
  const { ink, paper } = await page.locator('readout-search .panel').evaluate((panel) => {
    const { color, backgroundColor } = getComputedStyle(panel);
    return { ink: color, paper: backgroundColor };
  });
  equal([ink, paper], ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  ok(!(await page.locator('readout-search').evaluate((box) => [...box.shadowRoot.querySelectorAll('.panel *')]
    .filter((e) => e.innerText && getComputedStyle(e).color === 'rgb(238, 238, 238)').length)), 'the ink of the site on the paper of the box');
}, hosts);

test('suggestions keep to the filter, and titles lead to the source', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => {
    document.querySelector('readout-search').setAttribute('filter', 'source:"Kestrel News Service"');
    document.addEventListener('readout-select', (e) => {
      globalThis.chosen = e.detail.href;
      e.preventDefault();
    });
  });
  await input(page).pressSequentially('mediator');
  await page.getByRole('option', { name: /bring sandwiches/ }).click();
  equal(await page.evaluate(() => globalThis.chosen), 'https://kestrel.example/features/humbert');
  await page.evaluate(() => document.querySelector('readout-search').setAttribute('filter', 'source:"Caspian Desk"'));
  await input(page).fill('');
  const answered = page.waitForResponse(/suggest.*mediator/);
  await input(page).fill('mediator');
  await answered;
  await page.waitForTimeout(100);
  equal(await page.getByRole('option', { name: /sandwiches/ }).count(), 0);
}, hosts);

test('a person that keys lead to stands in the box', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.querySelector('readout-search').setAttribute('kind', 'participants'));
  await input(page).pressSequentially('mannai');
  const person = page.getByRole('option', { name: 'Khalid bin Hamad al-Mannai' });
  await person.waitFor();
  while (await person.getAttribute('aria-selected') !== 'true') {
    await input(page).press('ArrowDown');
  }
  equal(await input(page).inputValue(), 'Khalid bin Hamad al-Mannai');
}, hosts);

test('where facts are searched neither titles nor counts of articles are suggested', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.querySelector('readout-search').setAttribute('kind', 'talks'));
  await input(page).pressSequentially('riya');
  await page.getByRole('option').first().waitFor();
  ok((await page.getByRole('option').allInnerTexts()).every((text) => !/article/i.test(text)), 'words and names alone');
}, hosts);

test('a box that is moved while it searches shows what was found', async ({ page, open }) => {
  await open('');
  const release = await hold(page, /kind=all/);
  await input(page).fill('riyadh');
  await input(page).press('Enter');
  await page.locator('readout-search').getByText('Searching…').first().waitFor();
  await page.evaluate(() => document.querySelector('main').prepend(document.querySelector('readout-search')));
  await release();
  await page.locator('readout-search mark').first().waitFor();
  equal(await page.locator('readout-search .panel').getAttribute('aria-busy'), null);
}, hosts);

test('what was corrected and what is not required is said', async ({ page, open }) => {
  await open('');
  await input(page).fill('moratorum');
  await input(page).press('Enter');
  await page.locator('readout-search .panel').getByText('“moratorum” → “moratorium”').waitFor();
  await input(page).fill('riyadh zzyzx');
  await input(page).press('Enter');
  await page.locator('readout-search .panel').getByText('Not found: “zzyzx”').waitFor();
  await input(page).fill('what was agreed on the nile and zzyzx');
  await input(page).press('Enter');
  await page.locator('readout-search .found', { hasText: /^Not found: “zzyzx”$/ }).waitFor();
  await accessible(page);
}, hosts);

test('the results can be put away, and the box emptied', async ({ page, open }) => {
  await open('');
  const panel = page.locator('readout-search .panel');
  await input(page).fill('riyadh');
  await input(page).press('Enter');
  await panel.locator('li').first().waitFor();
  await input(page).press('Escape');
  ok(await panel.isHidden(), 'escape puts them away');
  equal(await input(page).inputValue(), 'riyadh');
  await input(page).press('Enter');
  await panel.locator('li').first().waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  ok(await panel.isHidden() && await page.getByRole('button', { name: 'Clear' }).isHidden(), 'nothing is left to clear');
  equal(await input(page).inputValue(), '');
  await input(page).press('Enter');
  await page.waitForTimeout(300);
  ok(await panel.isHidden(), 'nothing is searched for');
}, hosts);

test('where any word is enough none is said to be not required', async ({ page, open }) => {
  await page.route(/kind=all/, (route) => route.fulfill({ headers: { 'Access-Control-Allow-Origin': '*' }, json: {
    query: { match: 'any', relaxed: ['oil', 'pr'], missing: ['zzyzx'] }, total: { value: 0, relation: 'eq' }, kinds: [], hits: [] } }));
  await open('');
  await input(page).fill('oil pr');
  await input(page).press('Enter');
  equal(await page.locator('readout-search .found').allInnerTexts().then((all) => all.slice(0, 2)), ['Not found: “zzyzx”', 'Any word is enough']);
  equal(await page.locator('readout-search [role=status]').innerText(), 'Nothing found. Not found: “zzyzx”. Any word is enough');
}, hosts);

test('escape puts the results away from inside, too', async ({ page, open }) => {
  await open('');
  for (const plain of [false, true]) {
    await page.evaluate((p) => p && document.querySelectorAll('readout-search > template').forEach((t) => t.remove()), plain);
    await input(page).fill('riyadh');
    await input(page).press('Enter');
    await page.locator('readout-search mark').first().waitFor();
    await page.locator('readout-search').getByRole('link').first().focus();
    await page.keyboard.press('Escape');
    ok(await page.locator('readout-search .panel').isHidden(), 'away');
    equal(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.tagName), 'INPUT');
  }
}, hosts);

test('what the box says can be said in another language', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => {
    const box = document.querySelector('readout-search');
    box.removeAttribute('label');
    box.setAttribute('lang', 'de');
    box.setAttribute('kind', 'outcomes');
    box.setAttribute('labels', JSON.stringify({ search: 'Suchen', clear: 'Leeren', suggestions: 'Vorschläge', none: 'Nichts.',
      outcome: 'Ergebnis', agreed: 'vereinbart', results: 'ein Treffer|{n} Treffer', all: 'Alle {n}' }));
    box.querySelectorAll('template').forEach((t) => t.remove());
  });
  const button = page.locator('readout-search button[part=button]');
  equal(await button.innerText(), 'Suchen');
  equal(await input(page).getAttribute('aria-label'), 'Suchen');
  await input(page).fill('agreement');
  await input(page).press('Enter');
  const hit = page.locator('readout-search .hit', { has: page.locator('.status') }).first();
  await hit.waitFor();
  equal(await hit.locator('.kind').innerText(), 'Ergebnis');
  const agreed = page.locator('readout-search .status[part~=agreed]').first();
  equal(await agreed.innerText(), 'vereinbart');
  ok(await agreed.evaluate((e) => getComputedStyle(e).color !== getComputedStyle(e.parentElement).color), 'a colour of its own');
  ok(/Treffer/.test(await page.locator('readout-search [role=status]').innerText()), 'told');
  ok(/\d\. \w+\.? \d{4}|\d\d\.\d\d\.\d{4}/.test(await hit.locator('.meta').innerText()), await hit.locator('.meta').innerText());
  await input(page).fill('qqqqq');
  await input(page).press('Enter');
  await page.locator('readout-search [role=status]', { hasText: 'Nichts.' }).waitFor();
}, hosts);

test('a hit runs as its title does', async ({ page, open }) => {
  await page.route(/kind=all/, (route) => route.fulfill({ headers: { 'Access-Control-Allow-Origin': '*' }, json: {
    query: { relaxed: [], missing: [] }, total: { value: 1, relation: 'eq' }, kinds: [],
    hits: [{ id: 'a', kind: 'article', title: 'محادثات الرياض', language: 'ar', source: 'الجريدة', published: '2025-02-19T00:00:00Z', snippets: [], url: '' }] } }));
  await open('');
  await page.evaluate(() => document.querySelectorAll('readout-search template').forEach((t) => t.remove()));
  await input(page).fill('x');
  await input(page).press('Enter');
  await input(page).fill('محادثات');
  equal(await input(page).evaluate((e) => [getComputedStyle(e).direction, getComputedStyle(e).paddingRight]), ['rtl', '46.4px'], 'beside the button');
  equal(await page.locator('readout-search .clear').evaluate((e) => getComputedStyle(e).backgroundColor), 'rgba(0, 0, 0, 0)', 'the border and the ring show');
  for (const part of ['title', 'meta', 'kind']) {
    equal(await page.locator(`readout-search .${part}`).evaluate((e) => getComputedStyle(e).direction), 'rtl', part);
  }
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
  await page.locator('readout-search .panel').getByText('cannot be reached').waitFor();
}, { ...hosts, errors: true, hosts: [...hosts.hosts, '127.0.0.1:1'], bypassCSP: true });

test('an answer that cannot be read, a proxy alone and a server that says nothing are told in plain words', async ({ page, open }) => {
  await page.addInitScript(() => {
    const own = AbortSignal.timeout;
    AbortSignal.timeout = (ms) => own.call(AbortSignal, ms / 60);
  });
  await open('');
  const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/html' };
  for (const [name, answer] of Object.entries({
    html: (route) => route.fulfill({ headers, body: '<h1>sign in</h1>' }),
    busy: (route) => route.fulfill({ status: 503, headers, body: '<h1>no</h1>' }),
    silent: () => {},
  })) {
    await page.route(/kind=all/, answer);
    await input(page).fill(name);
    await input(page).press('Enter');
    await page.locator('readout-search .panel').getByText('The search cannot be reached just now.').waitFor();
    await page.unroute(/kind=all/);
    await input(page).fill('riyadh');
    await input(page).press('Enter');
    await page.locator('readout-search mark').first().waitFor();
  }
  await page.route(/kind=all/, (route) => route.fulfill({ status: 400, headers, body: '{"title":"Wrong","detail":"q: too long"}' }));
  await input(page).press('Enter');
  await page.locator('readout-search .panel').getByText('q: too long').waitFor();
}, { ...hosts, errors: true });

test('the results lie over the page while the box has the focus, or stand in it', async ({ page, open }) => {
  await open('');
  await page.evaluate(() => document.querySelectorAll('readout-search > template').forEach((t) => t.remove()));
  const panel = page.locator('readout-search .panel');
  const top = () => page.locator('main').evaluate((e) => e.getBoundingClientRect().top);
  const was = await top();
  const search = async () => {
    await input(page).fill('riyadh');
    await input(page).press('Enter');
    await panel.locator('li').first().waitFor();
  };
  await search();
  equal(await top(), was, 'the page stays');
  const room = await panel.evaluate((e) => [e.offsetHeight <= innerHeight * 0.75, e.scrollHeight > e.clientHeight]);
  equal(room, [true, true], 'it scrolls');
  await accessible(page, 'over the page');
  await panel.locator('.snippet').first().click();
  ok(await panel.isVisible(), 'a click in it');
  await input(page).focus();
  await page.mouse.click(5, await page.evaluate(() => innerHeight - 5));
  ok(await panel.isHidden(), 'a click elsewhere');
  await input(page).focus();
  ok(await panel.isVisible(), 'come back to');
  await panel.locator('a').last().focus();
  await page.keyboard.press('Tab');
  ok(await panel.isHidden(), 'left by key');
  await page.evaluate(() => document.querySelector('readout-search').setAttribute('panel', 'below'));
  await search();
  ok(await top() > was + 200, 'in the page');
  await panel.locator('a').last().focus();
  await page.keyboard.press('Tab');
  ok(await panel.isVisible(), 'it stays');
}, { ...hosts, height: 600 });

test('InstantSearch.js searches, narrows and has its state in the address', async ({ page, open }) => {
  await open('/instantsearch/');
  await page.locator('.ais-Hits-item').first().waitFor();
  await page.locator('.ais-SearchBox-input').fill('mackerel');
  await page.locator('.ais-Hits-item mark', { hasText: 'mackerel' }).first().waitFor();
  const all = await page.locator('.ais-Stats').innerText();
  await page.locator('#source label').first().click();
  await page.waitForFunction((was) => document.querySelector('.ais-Stats').innerText !== was, all);
  await page.waitForURL(/source/);
  await page.reload();
  await page.locator('.ais-CurrentRefinements-item').waitFor();
  equal(await page.locator('.ais-SearchBox-input').inputValue(), 'mackerel');
}, hosts);

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

site.listen(0, '127.0.0.1', () => main(`http://127.0.0.1:${site.address().port}/static/`));
