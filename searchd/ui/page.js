// @ts-check
// The page: one state, read from the address; what changes it goes through the address, too.

import { Readout } from '../readout.js';
import { byId } from './dom.js';
import { KINDS } from './names.js';
import { askCounts, askHits, headingOf, showBar, showHits, showTabs, tabKeys } from './results.js';
import { showNotices } from './notices.js';
import { PAGE, readState, sameList, withState, writeState } from './state.js';
import { startSuggestions } from './suggest.js';

const TYPING_MS = 40; // rest after a key before a search
const COUNTS_MS = 120; // rest after the hits before counts are asked for
const BUSY_MS = 300; // a search that takes longer is shown to be under way
const SLOW_MS = 4000; // and one that takes longer still is said to

const input = /** @type {HTMLInputElement} */ (byId('q'));
const parts = {
  tabs: document.querySelector('.tabs'),
  progress: document.querySelector('.progress'),
  banner: byId('banner'),
  live: byId('live'),
  notices: byId('notices'),
  bar: byId('bar'),
  results: byId('results'),
  panel: byId('panel'),
};

/** What cards and parts of the page are given: the state, and the ways to others. */
const view = {
  client: new Readout(),
  state: readState(location.search),
  link: (changes) => writeState(withState(view.state, changes)),
  /** The state with one value of a facet chosen, and what was asked left. */
  filtered: (facet, value, kind) => writeState(withState(view.state, { q: '', kind, chosen: { [facet]: [value] } })),
  go: (href, options) => go(href, options),
  grown: (more) => {
    view.state = { ...view.state, n: view.state.n + more };
    history.replaceState(history.state, '', writeState(view.state));
    shown = view.state;
  },
  talksOf: () => null,
  duplicates: () => null,
};

let shown = null; // the state whose list is shown
let running = null; // AbortController of what is being asked
let totals = {}; // by kind

function go(href, { replace = false } = {}) {
  const url = new URL(href, document.baseURI);
  history.replaceState({ ...history.state, y: scrollY }, '');
  history[replace ? 'replaceState' : 'pushState']({}, '', url);
  show();
}

/** Brings what is shown in line with the address. */
function show() {
  view.state = readState(location.search);
  const { state } = view;
  if (document.activeElement !== input || !typing) {
    input.value = state.q;
  }
  document.title = state.q ? `${state.q} — Readout` : 'Readout';
  if (!shown || !sameList(shown, state)) {
    search();
  }
}

async function search() {
  const { state } = view;
  if (running) {
    running.abort();
  }
  const mine = new AbortController();
  running = mine;
  const options = { signal: mine.signal };
  const busy = setTimeout(() => setBusy(true), BUSY_MS);
  const slow = setTimeout(() => say('Still searching…'), SLOW_MS);
  showTabs(view, parts.tabs, totals);
  try {
    const answer = await askHits(view, options);
    showAnswer(answer);
    shown = state;
    clearTimeout(busy);
    setBusy(false);
    await new Promise((resolve) => setTimeout(resolve, COUNTS_MS));
    if (!mine.signal.aborted) {
      await showCounts(options, answer);
    }
  } catch (error) {
    if (!mine.signal.aborted) {
      showError(error);
    }
  } finally {
    clearTimeout(busy);
    clearTimeout(slow);
    if (running === mine) {
      setBusy(false);
    }
  }
}

function showAnswer(answer) {
  parts.banner.hidden = true;
  setTotals(answer);
  showNotices(parts.notices, view, answer.query);
  showBar(view, parts.bar, answer);
  showHits(view, parts.results, answer);
  parts.panel.setAttribute('aria-labelledby', `tab-${view.state.kind}`);
  say(answer.hits.length ? headingOf(answer, view.state) : 'Nothing found');
}

async function showCounts(options, answer) {
  const [facets, kinds] = await askCounts(view, options);
  setTotals(kinds);
  if (view.state.kind !== 'all') {
    setTotals(facets);
    showBar(view, parts.bar, { ...answer, total: facets.total });
  }
}

function setTotals(answer) {
  for (const { kind, total } of answer.kinds || [{ kind: view.state.kind, total: answer.total }]) {
    totals[kind] = total;
  }
  showTabs(view, parts.tabs, totals);
}

function setBusy(on) {
  parts.progress.hidden = !on;
  parts.panel.setAttribute('aria-busy', String(on));
}

function say(text) {
  parts.live.textContent = text;
}

function showError(error) {
  parts.banner.hidden = false;
  parts.banner.textContent = String(error.message || error);
}

/* ---- typing ---- */

let typing = 0; // the timer, or -1 while this visit to the box has an entry of its own

function onInput() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const first = !view.state.prefix;
    const href = writeState(withState(view.state, { q: input.value.trimStart(), prefix: true, typo: '', match: '' }));
    go(href, { replace: !first });
  }, TYPING_MS);
}

function commit(q) {
  clearTimeout(typing);
  input.value = q;
  go(writeState(withState(view.state, { q, prefix: false, typo: '', match: '' })), { replace: view.state.prefix });
}

/* ---- events ---- */

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('a[data-go]');
  if (link && !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    go(link.getAttribute('href'));
  }
});

document.addEventListener('keydown', (event) => {
  const target = /** @type {Element} */ (event.target);
  const writes = target.closest('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

addEventListener('popstate', show);
input.addEventListener('input', onInput);
document.querySelector('form.search').addEventListener('submit', (event) => {
  event.preventDefault();
  commit(input.value);
});
tabKeys(parts.tabs);
startSuggestions({ view, input, box: byId('suggestions'), commit });
show();
