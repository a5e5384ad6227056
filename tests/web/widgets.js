'use strict';
// The widgets of InstantSearch.js against the daemon, each as a reader uses it. Usage: node widgets.js URL
const fs = require('fs');
const http = require('http');
const path = require('path');
const { test, equal, ok, main } = require('./harness.js');

const daemon = new URL(process.argv[2]);
const FILES = {
  '/client.js': 'algoliasearch/dist/lite/builds/browser.umd.js',
  '/widgets.js': 'instantsearch.js/dist/instantsearch.production.min.js',
};
const PAGE = `<!doctype html><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><body>
<script src="/client.js"></script><script src="/widgets.js"></script><script>
  const lite = globalThis['algoliasearch/lite'] || globalThis.algoliasearch;
  const searchClient = lite.liteClient('readout', 'any', { hosts: [{ url: '${daemon.hostname}',
    port: ${daemon.port}, protocol: 'http', accept: 'readWrite' }], timeouts: { connect: 60000, read: 60000, write: 60000 } });
  const w = instantsearch.widgets;
  const c = instantsearch.connectors;
  // A place for a widget: #NAME.
  function at(name) {
    const place = document.createElement('div');
    place.id = name;
    return document.body.appendChild(place);
  }
  function begin(indexName, ...widgets) {
    globalThis.search = instantsearch({ indexName, searchClient,
      future: { preserveSharedStateOnUnmount: true } });
    search.on('error', ({ error }) => { throw error; });
    search.addWidgets(widgets);
    search.start();
  }
  const item = (hit, { html, components }) => html\`<p data-id=\${hit.objectID}>\${
    components.Highlight({ hit, attribute: 'title' })}</p>\`;
</script>`;

const site = http.createServer((request, response) => {
  const file = FILES[request.url];
  response.writeHead(200, { 'Content-Type': file ? 'text/javascript' : 'text/html' });
  response.end(file ? fs.readFileSync(path.join(process.env.NODE_PATH, file)) : PAGE);
});

/** A case on a page whose script begins so: begin('articles', w.hits(…), …). */
function widgets(name, script, run) {
  test(name, async ({ page, open }) => {
    await open('');
    await page.evaluate(script);
    await run(page);
  }, { hosts: [daemon.host] });
}

const HITS = `w.hits({ container: at('hits'), templates: { item } })`;
const ids = (page) => page.locator('[data-id]').evaluateAll((all) => all.map((p) => p.dataset.id));

/** Waits for these hits, in any order. */
async function hits(page, ...wanted) {
  const text = [...wanted].sort().join();
  try {
    await page.waitForFunction((all) => search.status === 'idle'
      && [...document.querySelectorAll('[data-id]')].map((p) => p.dataset.id).sort().join() === all, text);
  } catch (error) {
    equal((await ids(page)).sort().join(), text, 'hits');
    throw error;
  }
}

const ALL = ['cafe-4', 'evil', 'facts-5', 'geneva/3', 'riyadh-1', 'riyadh-2'];

widgets('hits show whole bodies with their words marked', `begin('articles',
  w.configure({ attributesToHighlight: ['title', 'body'] }),
  w.searchBox({ container: at('box') }), w.stats({ container: at('stats') }),
  w.hits({ container: at('hits'), templates: { item: (hit, { html, components }) => html\`
    <p data-id=\${hit.objectID}>\${components.Highlight({ hit, attribute: 'body' })}</p>\` } }))`,
async (page) => {
  await page.locator('#box input').fill('moratorium strikes');
  await hits(page, 'riyadh-2');
  equal(await page.locator('#hits mark').allInnerTexts(), ['moratorium', 'strikes']);
  ok(/^The second round .* infrastructure\.$/.test(await page.locator('#hits p').innerText()), 'the whole body');
  ok(/^1 result /.test(await page.locator('#stats').innerText()), 'a total');
});

widgets('words are looked for in the attributes that are named', `begin('articles',
  w.configure({ restrictSearchableAttributes: ['title'] }), w.searchBox({ container: at('box') }), ${HITS})`,
async (page) => {
  await page.locator('#box input').fill('riyadh'); // in the bodies of three
  await hits(page, 'riyadh-1');
});

widgets('infinite hits go on to the end', `begin('articles', w.configure({ hitsPerPage: 4 }),
  w.infiniteHits({ container: at('hits'), templates: { item } }))`,
async (page) => {
  await page.waitForFunction(() => document.querySelectorAll('[data-id]').length === 4);
  const more = page.getByRole('button', { name: 'Show more' });
  await more.click();
  await hits(page, ...ALL);
  ok(await more.isDisabled(), 'there are no others');
});

widgets('a refinement list counts, narrows, searches and is cleared', `begin('articles', ${HITS},
  w.refinementList({ container: at('sources'), attribute: 'source', searchable: true, limit: 2, showMore: true }),
  w.currentRefinements({ container: at('current') }), w.clearRefinements({ container: at('clear') }))`,
async (page) => {
  await hits(page, ...ALL);
  equal(await page.locator('#sources li').count(), 2, 'no more than wanted');
  await page.locator('#sources').getByRole('button', { name: 'Show more' }).click();
  await page.waitForFunction(() => document.querySelectorAll('#sources li').length === 4);
  await page.locator('#sources li', { hasText: 'Gulf Courier' }).locator('input').check();
  await hits(page, 'riyadh-1', 'riyadh-2');
  equal(await page.locator('#sources li', { hasText: 'Lake Observer' }).locator('[class*=count]').innerText(), '2');
  await page.locator('#sources input[type=search]').fill('post');
  await page.locator('#sources mark', { hasText: 'Post' }).waitFor();
  ok((await page.locator('#current').innerText()).includes('Gulf Courier'), 'what is chosen');
  await page.locator('#clear button').click();
  await hits(page, ...ALL);
  ok(await page.locator('#clear button').isDisabled(), 'nothing is left to clear');
});

widgets('a hierarchy of dates opens by year, month and day', `
  const attributes = ['date.lvl0', 'date.lvl1', 'date.lvl2'];
  begin('articles', ${HITS}, w.hierarchicalMenu({ container: at('dates'), attributes }),
    w.breadcrumb({ container: at('crumbs'), attributes }))`,
async (page) => {
  const link = (name) => page.locator('#dates a', { hasText: name }).last();
  await hits(page, ...ALL);
  equal(await page.locator('#dates [class*=label]').allInnerTexts(), ['2023', '2024', '2025']);
  equal(await page.locator('#dates [class*=count]').allInnerTexts(), ['1', '1', '3']);
  await link('2025').click();
  await hits(page, 'facts-5', 'riyadh-1', 'riyadh-2');
  await link('2025-02').click();
  await hits(page, 'facts-5', 'riyadh-1');
  await link('2025-02-18').click();
  ok(/2025\s*>?\s*2025-02\s*>?\s*2025-02-18/.test(await page.locator('#crumbs').innerText()), 'the way there');
  equal(await page.locator('#dates a', { hasText: '2024' }).count(), 1, 'the other years stay');
  await page.locator('#crumbs a', { hasText: 'Home' }).click();
  await hits(page, ...ALL);
});

widgets('a slider takes its ends from the index', `begin('articles', ${HITS},
  w.rangeSlider({ container: at('years'), attribute: 'year' }))`,
async (page) => {
  await hits(page, ...ALL);
  const low = page.getByRole('slider').first();
  equal([await low.getAttribute('aria-valuemin'), await low.getAttribute('aria-valuemax')], ['2023', '2025']);
  const [from, bar] = [await low.boundingBox(), await page.locator('#years .rheostat').boundingBox()];
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(bar.x + bar.width / 2, from.y + from.height / 2, { steps: 5 });
  await page.mouse.up();
  await hits(page, 'facts-5', 'geneva/3', 'riyadh-1', 'riyadh-2');
});

widgets('a toggle, a menu of numbers and a select narrow', `begin('articles', ${HITS},
  w.toggleRefinement({ container: at('toggle'), attribute: 'side', on: 'RU', templates: { labelText: 'Russia' } }),
  w.numericMenu({ container: at('numbers'), attribute: 'year', items: [{ label: 'all' }, { label: 'old', end: 2024 },
    { label: 'new', start: 2025 }] }),
  w.menuSelect({ container: at('select'), attribute: 'source' }))`,
async (page) => {
  await hits(page, ...ALL);
  await page.locator('#toggle input').check();
  await hits(page, 'facts-5');
  await page.locator('#toggle input').uncheck();
  await hits(page, ...ALL);
  await page.locator('#numbers label', { hasText: 'old' }).click();
  await hits(page, 'cafe-4', 'geneva/3');
  await page.locator('#numbers label', { hasText: 'new' }).click();
  await hits(page, 'facts-5', 'riyadh-1', 'riyadh-2');
  await page.locator('#select select').selectOption('Post');
  await hits(page, 'facts-5');
});

widgets('pages, hits of a page and orders are chosen', `begin('articles', ${HITS},
  w.pagination({ container: at('pages') }),
  w.hitsPerPage({ container: at('size'), items: [{ label: '4', value: 4, default: true }, { label: '1', value: 1 }] }),
  w.sortBy({ container: at('sort'), items: [{ label: 'best', value: 'articles' },
    { label: 'oldest', value: 'articles_date_asc' }] }))`,
async (page) => {
  await page.waitForFunction(() => document.querySelectorAll('[data-id]').length === 4);
  const first = await ids(page);
  await page.locator('#pages').getByRole('link', { name: 'Page 2', exact: true }).click();
  await hits(page, ...ALL.filter((id) => !first.includes(id)));
  await page.locator('#sort select').selectOption('articles_date_asc');
  await page.locator('#size select').selectOption('1');
  await hits(page, 'cafe-4');
});

widgets('autocomplete asks two indexes', `
  const results = at('results');
  begin('articles', w.configure({ hitsPerPage: 3 }), w.searchBox({ container: at('box') }),
    w.index({ indexName: 'participants' }).addWidgets([w.configure({ hitsPerPage: 2 })]),
    c.connectAutocomplete(({ indices }) => {
      results.innerText = indices.map((i) => i.indexName + ': ' + i.hits.map((h) => h.name || h.title)).join(' | ');
    })({}))`,
async (page) => {
  await page.locator('#box input').fill('lavr');
  await page.locator('#results', { hasText: 'articles: Lavrov and Rubio meet | participants: Sergey Lavrov' }).waitFor();
});

widgets('widgets come and go with the facets there are', `begin('articles', ${HITS}, w.searchBox({ container: at('box') }),
  w.dynamicWidgets({ container: at('dynamic'), widgets: [], fallbackWidget: ({ container, attribute }) => {
    container.dataset.attribute = attribute;
    return w.refinementList({ container, attribute });
  } }))`,
async (page) => {
  const shown = () => page.locator('#dynamic [data-attribute]:visible').evaluateAll(
    (all) => all.filter((d) => d.isConnected && d.querySelector('li')).map((d) => d.dataset.attribute));
  await hits(page, ...ALL);
  await page.locator('[data-attribute=person] li', { hasText: 'Marco Rubio' }).waitFor();
  ok((await shown()).includes('source'), 'sources');
  await page.locator('[data-attribute=person] li', { hasText: 'Marco Rubio' }).locator('input').check();
  await hits(page, 'facts-5');
  await page.locator('[data-attribute=person] li', { hasText: 'Marco Rubio' }).locator('input').uncheck();
  await page.locator('#box input').fill('corridor');
  await hits(page, 'geneva/3');
  await page.waitForFunction(() => !document.querySelector('[data-attribute=person] li'));
  ok(!(await shown()).includes('person'), 'nobody is in it');
});

site.listen(0, '127.0.0.1', () => main(`http://127.0.0.1:${site.address().port}/`));
