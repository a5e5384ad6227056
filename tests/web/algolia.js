'use strict';
// algoliasearch as it comes, with the daemon as its host: algolia.js PORT [KEY]
const assert = require('assert');
const test = require('node:test');
const { algoliasearch } = require('algoliasearch');
const { liteClient } = require('algoliasearch/lite');

const [port, key] = process.argv.slice(2);
const hosts = [{ url: '127.0.0.1', port: Number(port), protocol: 'http', accept: 'readWrite' }];
const timeouts = { connect: 60000, read: 60000, write: 60000 };
const full = algoliasearch('readout', key || 'any', { hosts, timeouts });
const lite = liteClient('readout', key || 'any', { hosts, timeouts });

for (const [name, client] of [['full', full], ['lite', lite]]) {
  test(`the ${name} client searches several indexes`, async () => {
    const { results } = await client.search({
      requests: [
        { indexName: 'articles', query: 'talks', hitsPerPage: 2, facets: ['source'] },
        { indexName: 'outcomes', query: 'hotline' },
        { indexName: 'articles', type: 'facet', facet: 'source', facetQuery: 'lake' },
      ],
    });
    assert.strictEqual(results[0].hits.length, 2);
    assert.ok(results[0].facets.source['Gulf Courier'] >= 2);
    assert.match(results[0].hits[0]._highlightResult.title.value, /<em>|^[^<]*$/);
    assert.strictEqual(results[1].hits[0].kind, 'outcome');
    assert.deepStrictEqual(results[2].facetHits.map((h) => h.value), ['Lake Observer']);
  });

  test(`the ${name} client tells what was wrong`, async () => {
    await assert.rejects(
      client.search({ requests: [{ indexName: 'nobody', query: '' }] }),
      (error) => error.status === 404 && /Index nobody does not exist/.test(error.message));
  });
}

test('one index is searched, with filters and typos', async () => {
  const answer = await full.searchSingleIndex({
    indexName: 'articles',
    searchParams: {
      query: 'moratorum',
      filters: 'year >= 2025',
      numericFilters: ['published_timestamp<1800000000'],
      getRankingInfo: true,
      attributesToRetrieve: ['title'],
      attributesToSnippet: ['body:6'],
    },
  });
  assert.strictEqual(answer.nbHits, 1);
  assert.deepStrictEqual(Object.keys(answer.hits[0]).sort(),
    ['_highlightResult', '_rankingInfo', '_snippetResult', 'objectID', 'title']);
  assert.strictEqual(answer.hits[0]._rankingInfo.nbTypos, 1);
  assert.match(answer.hits[0]._snippetResult.body.value, /<em>moratorium<\/em>/);
});

test('values of a facet are searched', async () => {
  const answer = await full.searchForFacetValues({
    indexName: 'articles',
    facetName: 'source',
    searchForFacetValuesRequest: { facetQuery: 'gul', maxFacetHits: 5 },
  });
  assert.deepStrictEqual(answer.facetHits,
    [{ value: 'Gulf Courier', highlighted: '<em>Gul</em>f Courier', count: 2 }]);
  assert.strictEqual(answer.exhaustiveFacetsCount, true);
});

test('hits and facets have calls of their own', async () => {
  const hits = await full.searchForHits({ requests: [{ indexName: 'articles', query: 'grain' }] });
  assert.deepStrictEqual(hits.results[0].hits.map((h) => h.objectID), ['geneva/3']);
  const facets = await full.searchForFacets({
    requests: [{ indexName: 'articles', type: 'facet', facet: 'year' }],
  });
  assert.ok(facets.results[0].facetHits.some((h) => h.value === '2025'));
});

test('a whole index is browsed, page by page', async () => {
  const ids = [];
  let pages = 0;
  const last = await full.browseObjects({
    indexName: 'articles',
    browseParams: { hitsPerPage: 4 },
    aggregator: (answer) => { pages += 1; ids.push(...answer.hits.map((h) => h.objectID)); },
  });
  assert.strictEqual(pages, 2);
  assert.strictEqual(last.cursor, undefined);
  assert.deepStrictEqual(ids.sort(), ['cafe-4', 'evil', 'facts-5', 'geneva/3', 'riyadh-1', 'riyadh-2']);
});

test('objects are got by their ids', async () => {
  const object = await full.getObject({ indexName: 'articles', objectID: 'geneva/3', attributesToRetrieve: ['title'] });
  assert.deepStrictEqual(object, { objectID: 'geneva/3', title: 'Grain corridor extended' });
  const { results } = await full.getObjects({
    requests: [{ indexName: 'articles', objectID: 'cafe-4' }, { indexName: 'articles', objectID: 'nobody' }],
  });
  assert.match(results[0].body, /^Diplomats like/);
  assert.strictEqual(results[1], null);
  await assert.rejects(full.getObject({ indexName: 'articles', objectID: 'nobody' }),
    (error) => error.status === 404 && /does not exist/.test(error.message));
});
