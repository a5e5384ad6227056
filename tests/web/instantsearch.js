'use strict';
// InstantSearch in a page of its own, with the client as browsers load it: instantsearch.js PORT [KEY]
const assert = require('assert');
const fs = require('fs');
const test = require('node:test');
const { JSDOM } = require('jsdom');

const [port, key] = process.argv.slice(2);
const IDS = ['box', 'stats', 'hits', 'sources', 'years', 'months', 'range', 'pages', 'current', 'sort',
  'people', 'more'];
const dom = new JSDOM(`<body>${IDS.map((id) => `<div id="${id}"></div>`).join('')}</body>`,
  { url: 'http://shop.example/', runScripts: 'outside-only' });
const { window } = dom;
const $ = (selector) => window.document.querySelector(selector);
const $$ = (selector) => [...window.document.querySelectorAll(selector)];

// The files that a page would name in <script src=…>; all requests are the page's own, so that its
// rules about other origins hold.
const requests = [];
const open = window.XMLHttpRequest.prototype.open;
window.XMLHttpRequest.prototype.open = function (method, url, ...rest) {
  requests.push(`${method} ${url}`);
  return open.call(this, method, url, ...rest);
};
const modules = process.env.NODE_PATH;
for (const file of ['algoliasearch/dist/lite/builds/browser.umd.js',
  'instantsearch.js/dist/instantsearch.production.min.js']) {
  window.eval(fs.readFileSync(`${modules}/${file}`, 'utf8'));
}
const { instantsearch } = window;
const lite = window['algoliasearch/lite'] || window.algoliasearch;
const client = lite.liteClient('readout', key || 'any',
  { hosts: [{ url: '127.0.0.1', port: Number(port), protocol: 'http', accept: 'readWrite' }],
    timeouts: { connect: 60000, read: 60000, write: 60000 } });

const failures = [];
const search = instantsearch({
  indexName: 'articles',
  searchClient: client,
  future: { preserveSharedStateOnUnmount: true },
});
search.on('error', ({ error }) => failures.push(error));
const w = instantsearch.widgets;
search.addWidgets([
  w.configure({ attributesToSnippet: ['body:10'], hitsPerPage: 3 }),
  w.searchBox({ container: '#box' }),
  w.stats({ container: '#stats' }),
  w.hits({
    container: '#hits',
    templates: {
      item: (hit, { html, components }) => html`<article data-id=${hit.objectID}>
        <h2>${components.Highlight({ hit, attribute: 'title' })}</h2>
        <p>${components.Snippet({ hit, attribute: 'body' })}</p></article>`,
    },
  }),
  w.refinementList({ container: '#sources', attribute: 'source', searchable: true }),
  w.refinementList({ container: '#people', attribute: 'person', operator: 'and' }),
  w.menu({ container: '#years', attribute: 'year' }),
  w.menu({ container: '#months', attribute: 'month' }),
  w.rangeInput({ container: '#range', attribute: 'published_timestamp' }),
  w.pagination({ container: '#pages' }),
  w.currentRefinements({ container: '#current' }),
  w.sortBy({
    container: '#sort',
    items: [{ value: 'articles', label: 'best' }, { value: 'articles_date_asc', label: 'oldest' }],
  }),
]);

// Waits until the widgets show what is wanted; what else they show is in the failure.
async function until(condition, what) {
  const end = Date.now() + 1000 * Number(process.env.READOUT_PATIENCE || 60);
  while (Date.now() < end) {
    if (failures.length) {
      throw failures[0];
    }
    if (search.status === 'idle' && condition()) {
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  assert.fail(`waited in vain: ${what}\n${window.document.body.innerHTML}`);
}

const ids = () => $$('#hits article').map((a) => a.dataset.id);
const values = (id) => Object.fromEntries($$(`${id} li`).map((li) => [
  li.querySelector('[class*=labelText],[class*=Menu-label]').textContent,
  Number(li.querySelector('[class*=count]').textContent)]));

function type(selector, text) {
  const input = $(selector);
  input.value = text;
  input.dispatchEvent(new window.Event('input', { bubbles: true }));
}

async function choose(id, label) {
  const item = () => $$(`${id} li`).find((li) => li.textContent.includes(label));
  await until(item, `${label} to choose`);
  (item().querySelector('input') || item().querySelector('a')).click();
}

test('a page of widgets searches, narrows and goes back', async () => {
  search.start();
  await until(() => ids().length === 3, 'the first hits');
  assert.match($('#stats').textContent, /6 results/);
  assert.deepStrictEqual(values('#years'), { 2023: 1, 2024: 1, 2025: 3 });
  assert.ok($$('#pages li').length > 2);

  // words, in the title and the body
  type('#box input', 'grain corrid');
  await until(() => ids().join() === 'geneva/3', 'one hit');
  assert.deepStrictEqual($$('#hits h2 mark').map((m) => m.textContent), ['Grain', 'corridor']);
  assert.match($('#hits p').innerHTML, /<mark/);

  // a misspelt word
  type('#box input', 'moratorum');
  await until(() => ids().join() === 'riyadh-2', 'the correction');

  // nothing in a text is active
  type('#box input', 'dangerous');
  await until(() => ids().join() === 'evil', 'the hostile article');
  assert.strictEqual($('#hits img'), null);
  assert.match($('#hits h2').textContent, /<img src=x onerror=alert\(1\)>/);

  // a selection leaves the counts of the other values
  type('#box input', '');
  await until(() => ids().length === 3, 'all again');
  await choose('#sources', 'Gulf Courier');
  await until(() => ids().sort().join() === 'riyadh-1,riyadh-2', 'one source');
  assert.strictEqual(values('#sources')['Lake Observer'], 2);
  assert.deepStrictEqual(values('#months'), { '2025-02': 1, '2025-03': 1 });
  await choose('#sources', 'Lake Observer');
  await until(() => /4 results/.test($('#stats').textContent), 'two sources');
  await choose('#months', '2024-11');
  await until(() => ids().join() === 'geneva/3', 'a month of them');
  assert.match($('#current').textContent, /2024-11/);
  assert.strictEqual(values('#sources')['Gulf Courier'], 0); // it has none of that month
  search.setUiState({});
  await until(() => /6 results/.test($('#stats').textContent), 'no selection');

  // one that narrows its own values: all of them are required
  await choose('#people', 'Sergey Lavrov');
  await until(() => ids().join() === 'facts-5', 'a person');
  assert.deepStrictEqual(values('#people'), { 'Marco Rubio': 1, 'Sergey Lavrov': 1 });
  search.setUiState({});
  await until(() => /6 results/.test($('#stats').textContent), 'no selection');

  // values of a facet, by name
  type('#sources input[type=search]', 'gul');
  await until(() => Object.keys(values('#sources')).join() === 'Gulf Courier', 'a value');
  assert.match($('#sources').innerHTML, /<mark[^>]*>Gul<\/mark>f/);
  type('#sources input[type=search]', '');
  await until(() => Object.keys(values('#sources')).length > 2, 'the values');

  // a range of times, its ends told by the index
  const [low, high] = $$('#range input');
  assert.strictEqual(Number(low.min), Date.UTC(2023, 5, 11) / 1000);
  assert.strictEqual(Number(high.max), Date.UTC(2025, 2, 25) / 1000 - 1);
  search.setUiState({ articles: { range: { published_timestamp: '1739871000:1739880000' } } });
  await until(() => ids().join() === 'riyadh-1', 'a range');
  search.setUiState({});
  await until(() => /6 results/.test($('#stats').textContent), 'no range');

  // pages and another order
  const first = ids();
  const second = () => $$('#pages a').find((a) => a.textContent === '2');
  await until(second, 'the link to the second page');
  second().click();
  await until(() => ids().length && !ids().some((id) => first.includes(id)), 'the second page');
  const select = $('#sort select');
  select.value = 'articles_date_asc';
  select.dispatchEvent(new window.Event('change', { bubbles: true }));
  await until(() => ids()[0] === 'cafe-4', 'the oldest first');

  assert.ok(requests.length > 8);
  assert.ok(requests.every((r) => r.startsWith(`POST http://127.0.0.1:${port}/1/indexes/`)));
  search.dispose();
});
