// The list of results: asked for, shown, added to; and what is shown when there is none.

import { card } from './cards.js';
import { h, refill } from './dom.js';
import { FACETS_OF, FACET_VALUES, KINDS, counted, kindOf, number, total } from './names.js';
import { PAGE, SHOWN_MAX, UNFILTERED, filterOf, paramsOf } from './state.js';

const FEW = 7; // hits of the kind that fits best, where all kinds are shown
const PAGE_MAX = 1000; // hits in one answer

export function hitParams(state) {
  const all = state.kind === 'all';
  return {
    ...paramsOf(state),
    sort: state.sort === 'relevance' ? '' : state.sort,
    limit: all ? FEW : state.n,
    snippets: state.kind === 'articles' || all ? 2 : 1,
  };
}

export function askHits(view, options) {
  return view.client.get(kindOf(view.state.kind).path, hitParams(view.state), options);
}

/** Counts beside the hits, of the kind that is shown, or shown first; its exact total with them. */
export function askCounts(view, kind, options) {
  const { state, client } = view;
  return client.get(kindOf(kind).path, { ...paramsOf(state), limit: 0, snippets: 0, facets: FACETS_OF[state.kind], facet_limit: FACET_VALUES }, options);
}

export function askTotals({ state, client }, options) {
  return client.answers({ ...paramsOf(state), limit: 1, snippets: 0 }, options);
}

function sections(answer) {
  const out = [];
  let from = 0;
  for (const { kind, total: found, hits } of answer.kinds) {
    if (hits) {
      out.push({ kind, found, hits: answer.hits.slice(from, from + hits) });
    }
    from += hits;
  }
  return out;
}

function section(view, { kind, found, hits }) {
  const { label } = kindOf(kind);
  const more = found.value > hits.length;
  return h('section.kind', { 'aria-labelledby': `kind-${kind}` },
    h('header.kind-head', h('h2', { id: `kind-${kind}` }, label),
      more ? h('a', { href: view.link({ kind }) }, `All ${total(found)}`, h('span.unseen', ` ${label}`)) : null),
    hits.map((hit) => card(view, hit)));
}

let isFilled = false; // something is indexed

/** Where nothing is found it may be that there is nothing. */
async function lookForAny(view, element) {
  const signal = view.signal();
  const { total: { value } } = await view.client.search({ limit: 1, snippets: 0 }, { signal });
  isFilled = value > 0;
  if (!isFilled && !signal.aborted) {
    element.replaceChildren(h('div.empty', h('h2', 'Nothing is indexed yet'),
      h('p', 'Put articles in, and they can be found here a moment later:'),
      h('pre', 'readout-indexer add --index news.idx articles/')));
  }
}

function nothing(view) {
  const { state } = view;
  const way = (changes, text) => h('li', h('a', { href: view.link(changes) }, text));
  const ways = [
    state.q ? h('li', state.kind === 'all' ? 'Check the spelling, or ask for fewer or other words.' : 'Ask for fewer or other words.') : null,
    filterOf(state) ? way(UNFILTERED, 'Search without the filters') : null,
    state.kind !== 'all' ? way({ kind: 'all' }, 'Search all kinds') : null,
    state.match === 'all' ? way({ match: 'any' }, 'Ask for any of the words') : null,
  ];
  return h('div.empty', h('h2', 'Nothing found'),
    h('p', state.q ? ['No ', kindOf(state.kind).many, ' for ', h('q', { dir: 'auto' }, state.q), '.'] : filterOf(state) ? 'Nothing has all of this.' : `No ${kindOf(state.kind).many} in what is indexed.`),
    h('ul', ways));
}

export function headingOf(answer, state) {
  return counted(answer.total, state.kind);
}

export function showWaiting(element) {
  const lines = () => h('div.card.ghost', { 'aria-hidden': 'true' }, h('p'), h('p'), h('p'));
  element.replaceChildren(lines(), lines(), lines());
}

export function showHits(view, element, answer) {
  isFilled ||= answer.hits.length > 0;
  if (!answer.hits.length) {
    element.replaceChildren(nothing(view));
    if (!isFilled) {
      lookForAny(view, element).catch(() => {}); // the search tells what is wrong
    }
  } else if (answer.kinds) {
    element.replaceChildren(...sections(answer).map((s) => section(view, s)));
  } else {
    element.replaceChildren(h('h2.unseen', kindOf(view.state.kind).label),
      ...answer.hits.map((hit) => card(view, hit)), ...more(view, element, answer));
  }
}

function more(view, element, answer) {
  if (!answer.next) {
    return [];
  }
  const label = `Show ${PAGE} more`;
  const button = h('button.more', { type: 'button' }, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    button.textContent = 'Loading…';
    const signal = view.signal();
    try {
      const { path } = kindOf(view.state.kind);
      const next = await view.client.get(path, { ...hitParams(view.state), limit: PAGE, cursor: answer.next }, { signal });
      signal.throwIfAborted();
      view.renamed({ n: Math.min(SHOWN_MAX, view.state.n + next.hits.length) }); // before there are links that say so
      const cards = next.hits.map((hit) => card(view, hit));
      button.replaceWith(...cards, ...more(view, element, next));
      const first = cards[0] && cards[0].querySelector('a');
      if (first) {
        first.focus({ preventScroll: true });
      }
    } catch {
      button.disabled = false;
      button.textContent = signal.aborted ? label : 'That failed. Try again';
    }
  });
  return [button];
}

async function rowsOf(client, path, params, told) {
  const pages = [];
  let cursor = '';
  do {
    const response = await client.ask(client.url(path, { ...params, cursor }), { accept: 'text/csv' });
    const text = await response.text();
    pages.push(cursor ? text.slice(text.indexOf('\n') + 1) : text);
    cursor = response.headers.get('Next-Cursor');
    told(pages.length * params.limit);
  } while (cursor);
  return pages;
}

/** A link has one page, no key, and saves errors as files: so all is asked for here, and handed over. */
async function download({ client, failed }, link, path, params) {
  if (link.ariaBusy) {
    return;
  }
  link.ariaBusy = 'true';
  const name = link.textContent;
  try {
    const rows = await rowsOf(client, path, params, (n) => { link.textContent = `${number(n)} rows…`; });
    const url = URL.createObjectURL(new Blob(['\ufeff', ...rows], { type: 'text/csv' })); // the mark is for Excel
    h('a', { href: url, download: link.download }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  } catch (error) {
    failed(error, 'The file was not made.');
  }
  link.ariaBusy = null;
  link.textContent = name;
}

/** CSV and feeds of what is shown; feeds only where those who read them need no key. */
function exports(view, path, params) {
  const { client, state } = view;
  const name = `${`readout ${state.kind} ${state.q}`.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}.csv`;
  const rows = { ...params, limit: PAGE_MAX, format: 'csv', collapse: 'false' }; // as many as are counted
  const feed = (format) => client.url(path, { ...params, sort: '-date', format });
  return [
    h('a', {
      href: client.url(path, rows), download: name, 'data-key': 'csv', onclick: (event) => {
        event.preventDefault();
        download(view, event.target, path, rows);
      },
    }, state.kind === 'all' ? 'CSV (best)' : 'CSV'),
    client.key ? null : h('a', { href: feed('rss'), type: 'application/rss+xml', 'data-key': 'rss' }, 'RSS'),
    client.key ? null : h('a', { href: feed('atom'), type: 'application/atom+xml', 'data-key': 'atom' }, 'Atom'),
  ];
}

export function showBar(view, element, answer) {
  const { state } = view;
  const { path, label } = kindOf(state.kind);
  element.hidden = !answer.hits.length && state.view !== 'graph';
  const params = { ...paramsOf(state), sort: state.sort === 'relevance' ? '' : state.sort };
  const isGraph = state.view === 'graph';
  const isDated = !state.q || (state.sort === 'relevance' && answer.query.sort === '-date'); // no hit fits better than another
  const ways = [['list', 'List'], ['graph', 'Who met whom']].map(([name, text]) =>
    h('a', { href: view.link(name === 'graph' ? { view: name, kind: 'talks' } : { view: name }), 'data-key': name, 'aria-current': state.view === name ? 'true' : null }, text));
  const select = h('select', { id: 'sort', 'data-key': 'sort', onchange: (e) => view.go(view.link({ sort: e.target.value })) },
    [...(isDated ? [] : [['relevance', 'Relevance']]), ['-date', 'Newest'], ['date', 'Oldest']].map(([value, name]) =>
      h('option', { value, selected: state.sort === value }, name)));
  refill(element,
    h('p.found', answer.hits.length ? headingOf(answer, state) : ''),
    h('div.tools',
      h('span.choices', { role: 'group', 'aria-label': 'Show as' }, ways),
      isGraph ? null : [h('label', { for: 'sort' }, 'Sort'), select],
      h('span.links', { role: 'group', 'aria-label': `Take ${label.toLowerCase()} with you` },
        exports(view, path, params))));
}

/** The tabs of the kinds; `totals` by kind, where known. They stay the same elements, for the focus. */
export function showTabs(view, element, totals) {
  if (!element.children.length) {
    element.append(...KINDS.map(({ kind, label }) => h('a.tab', {
      role: 'tab', id: `tab-${kind}`, 'aria-controls': 'panel',
    }, label, ' ', h('span.count'))));
  }
  KINDS.forEach(({ kind }, i) => {
    const tab = element.children[i];
    const chosen = kind === view.state.kind;
    tab.setAttribute('href', view.link({ kind, view: 'list' }));
    tab.ariaSelected = String(chosen);
    tab.tabIndex = chosen ? 0 : -1;
    tab.lastChild.textContent = totals[kind] ? total(totals[kind]) : '';
  });
  reveal(element, element.querySelector('[aria-selected=true]'));
}

/** Scrolls the row of tabs, and only it, so that the chosen one is in sight. */
function reveal(row, tab) {
  const [all, own] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (own.left < all.left || own.right > all.right) {
    row.scrollLeft += (own.left + own.right - all.left - all.right) / 2;
  }
}

/** Arrow keys go from tab to tab, as the pattern of tabs has it; enter opens one. */
export function tabKeys(element) {
  element.addEventListener('keydown', (event) => {
    const tabs = [...element.querySelectorAll('[role=tab]')];
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at >= 0 && to !== undefined) {
      event.preventDefault();
      tabs[(to + tabs.length) % tabs.length].focus();
    } else if (at >= 0 && event.key === ' ') {
      event.preventDefault();
      tabs[at].click();
    }
  });
}
