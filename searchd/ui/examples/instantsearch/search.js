// InstantSearch.js with its own client: only the host is another.
const server = new URL('http://127.0.0.1:7700');
const { liteClient } = window['algoliasearch/lite'];
const searchClient = liteClient('readout', 'any', { // where reading needs a key, it goes in place of 'any'
  hosts: [{ url: server.host, protocol: server.protocol.slice(0, -1), accept: 'readWrite' }],
});

// Sides are codes of countries.
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
const sideName = (code) => ({ EU: 'European Union', UN: 'United Nations' }[code] || (/^[A-Z]{2}$/.test(code) ? regions.of(code) : code));
const withNames = (items) => items.map((item) => ({ ...item, label: sideName(item.label), highlighted: sideName(item.label) }));
const withSides = (items) => items.map((item) => (item.attribute !== 'side' ? item
  : { ...item, refinements: item.refinements.map((r) => ({ ...r, label: sideName(r.label) })) }));
// An article may hold any text as its address; without one it is read on Readout's own page.
const linkOf = (hit) => (/^https?:/i.test(hit.url || '') ? hit.url : `${server}?article=${encodeURIComponent(hit.objectID)}`);

const search = instantsearch({
  indexName: 'articles', // or talks, participants, outcomes, statements
  searchClient,
  routing: true,
  future: { preserveSharedStateOnUnmount: true },
});
const { configure, searchBox, stats, hits, refinementList, menu, currentRefinements, pagination } = instantsearch.widgets;

search.addWidgets([
  configure({ hitsPerPage: 10, attributesToSnippet: ['body:30'] }),
  searchBox({ container: '#box', placeholder: 'Search talks in the news' }),
  stats({ container: '#stats' }),
  currentRefinements({ container: '#chosen', transformItems: withSides }),
  refinementList({ container: '#source', attribute: 'source' }),
  refinementList({ container: '#side', attribute: 'side', transformItems: withNames }),
  menu({ container: '#year', attribute: 'year' }),
  pagination({ container: '#pages' }),
  hits({
    container: '#hits',
    templates: {
      empty: (_, { html }) => html`<p>Nothing found.</p>`,
      item: (hit, { html, components }) => html`
        <h2><a href="${linkOf(hit)}">${components.Highlight({ hit, attribute: 'title' })}</a></h2>
        <p class="meta">${[hit.source, (hit.published || '').slice(0, 10)].filter(Boolean).join(' · ')}</p>
        <p>${components.Snippet({ hit, attribute: 'body' })}</p>`,
    },
  }),
]);

search.start();
