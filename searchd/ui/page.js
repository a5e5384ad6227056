// The page: one state, read from the address; whatever changes it goes through the address, too.

import { Readout, ReadoutError } from '../readout.js';
import { showArticle, showFact, showInstead } from './article.js';
import { byId, h } from './dom.js';
import { Trouble } from './errors.js';
import { showChosen, showFacets } from './facets.js';
import { askMeetings, showGraph } from './graph.js';
import { goesOn, showNotices } from './notices.js';
import { talksOf } from './people.js';
import { askCounts, askHits, askTotals, headingOf, showBar, showHits, showTabs, showWaiting, tabKeys } from './results.js';
import { PAGE, paramsOf, readState, sameList, withState, writeState } from './state.js';
import { startSuggestions } from './suggest.js';
import { Timeline, askTimeline } from './timeline.js';

const TYPING_MS = 20; // rest after a key before a search
const UNSURE_MS = 100; // where the next key is likely to come before the answer would
const LATE_MS = 180; // of a search: keys come faster, and each would wait for those before it
const BEGUN = /(?<![\p{L}\p{N}])[\p{L}\p{N}]{1,2}$/u; // a word that many others begin like
const COUNTS_MS = 120; // rest after the hits before what stands beside them is asked for
const BUSY_MS = 300; // a search that takes longer is shown to be under way
const SLOW_MS = 2000; // and one that takes longer still is said to
const ANSWER_MS = 30000; // a server that says nothing for so long is not waited for
const READ_MS = 2000; // shown for so long a typed search is one to come back to
const SCROLL_MS = 150; // rest after scrolling before the place is remembered

const input = byId('q');
const clear = document.querySelector('.search .clear');
const parts = {
  tabs: document.querySelector('.tabs'),
  progress: document.querySelector('.progress'),
  waiting: byId('waiting'),
  browse: byId('browse'),
  reader: byId('article'),
  facets: byId('facets'),
  heading: byId('heading'),
  live: byId('live'),
  chosen: byId('chosen'),
  notices: byId('notices'),
  bar: byId('bar'),
  results: byId('results'),
  panel: byId('panel'),
};

function storedKey() {
  try {
    return sessionStorage.getItem('readout-key') || '';
  } catch {
    return '';
  }
}

function timed(url, options) {
  const late = AbortSignal.timeout(ANSWER_MS);
  return fetch(url, { ...options, signal: options.signal ? AbortSignal.any([options.signal, late]) : late });
}

/** What cards and parts of the page are given: the state, and the ways to others. */
const view = {
  client: new Readout({ key: storedKey(), fetch: timed }),
  state: readState(location.search),
  link: (changes) => writeState(withState(view.state, changes)),
  /** All of one value of a facet, whatever was asked. */
  filtered: (facet, value, kind) =>
    writeState(withState(view.state, { q: '', kind, filter: '', chosen: { [facet]: [value] }, from: '', to: '', view: 'list', prefix: false })),
  go,
  /** What is shown has another address. */
  renamed: (changes) => {
    view.state = { ...view.state, ...changes };
    shown.state = view.state;
    history.replaceState(history.state, '', writeState(view.state));
  },
  isTyped: () => madeBy('typing'),
  talksOf: (hit) => talksOf(view, hit),
  /** Aborted when what is shown now is left. */
  signal: () => running.signal,
  failed: (error, what) => trouble.mention(what, error),
};

let shown = null; // the list that is shown: {state, answer, whole: with all that stands beside it}
let read = ''; // the id of the article that is shown
let running = new AbortController(); // what is being asked
let asked = 0; // when, until it is answered
let took = 0; // milliseconds until the last answer, or until it was given up
let totals = {}; // by kind
let totalsOf = ''; // what they are all of
let allKinds = null; // the answer that gave them
let moved = false; // the reader went somewhere: what comes takes the focus
let held = false; // something had the focus, which what comes may take away
let returned = true; // the reader came back, or anew: what comes is shown where it was left
let opened = ''; // the link of the list that the article was opened by
let left = ''; // the article that was left for the list
let scrolled = 0; // the timer that remembers the place
let reading = 0; // the timer after which what was typed is an entry of the history

const timeline = new Timeline(view, byId('timeline'));
const trouble = new Trouble({
  element: byId('banner'),
  remark: () => {
    if (!shown || view.state.article) {
      return '';
    }
    return !sameList(shown.state, view.state) ? 'What is shown is of an earlier search.'
      : shown.whole ? '' : 'The results are whole, what stands beside them is not.';
  },
  again: () => {
    moved = false;
    show({ again: true });
  },
  useKey: (key) => {
    try {
      sessionStorage.setItem('readout-key', key);
    } catch {
      // it holds for this page then
    }
    view.client.key = key;
    trouble.again();
  },
});

/* ---- from one state to another ---- */

/** What is on the screen is to be found there again; while it is not there yet, the place stays as it was. */
function remember() {
  clearTimeout(scrolled);
  if (!returned) {
    history.replaceState({ ...history.state, y: scrollY }, '');
  }
}

/** What is shown is no step of typing any more: what comes next is another entry. */
function keep() {
  history.replaceState({ ...history.state, by: '' }, '');
}

/** Shows what was come back to where it was left; false: that is not known. */
function restore() {
  const y = returned ? history.state?.y : undefined;
  returned = false;
  if (y === undefined) {
    return false;
  }
  scrollTo(0, y);
  return true;
}

/** The list that a state shows, or shows an article of, however much of it. */
function listOf(state) {
  return writeState({ ...state, article: '', at: '', n: PAGE });
}

function madeBy(what) {
  return Boolean(what) && history.state?.by === what;
}

/** To another state. What is done step by step, `by` typing or by keys, is one entry of the history. */
function go(href, { replace = false, by = '' } = {}) {
  if (by !== 'typing') {
    stopTyping();
  }
  remember();
  const before = view.state;
  const instead = replace || madeBy(by);
  const back = instead ? history.state?.back : before.article ? '' : listOf(before);
  if (!instead) {
    keep();
  }
  history[instead ? 'replaceState' : 'pushState']({ by, back }, '', new URL(href, document.baseURI));
  const state = readState(location.search);
  returned = false;
  moved = state.article !== before.article;
  if (state.article && !before.article) {
    opened = href;
  }
  if (['kind', 'view', 'article'].some((name) => before[name] !== state[name])) {
    scrollTo(0, 0);
  }
  show({ typed: by === 'typing' });
}

/** From an article to its list: back, where that is the entry before. */
function goBack(href) {
  if (history.state?.back === listOf(view.state)) {
    history.back();
  } else {
    go(href);
  }
}

function isLost() {
  const active = document.activeElement;
  return !active || active === document.body || active.closest('[hidden]') !== null;
}

/** What had the focus is gone, as a link that was followed: `element` has it now. */
function keepFocus(element) {
  if (held && isLost()) {
    element.focus({ preventScroll: true });
  }
  held = false;
}

/** On the list again: the link that led to the article has the focus. */
function focusOpened(isPlaced) {
  const links = left ? [...parts.results.querySelectorAll('a[href^="?"]')] : [];
  const link = links.find((a) => a.getAttribute('href') === opened)
    || links.find((a) => readState(new URL(a.getAttribute('href'), document.baseURI).search).article === left);
  left = '';
  if (link && isLost()) {
    link.focus({ preventScroll: isPlaced });
  }
}

function show({ again = false, typed = false } = {}) {
  clearTimeout(reading);
  running.abort();
  took = asked ? Math.max(took, performance.now() - asked) : took;
  asked = 0;
  running = new AbortController();
  held = held || !isLost();
  trouble[again || typed ? 'rest' : 'clear']();
  const before = view.state;
  view.state = readState(location.search);
  const { state } = view;
  left = state.article ? '' : before.article || left;
  timeline.rest();
  if (!typing && input.value !== state.q) {
    input.value = state.q;
    suggestions.reset();
  }
  clear.hidden = !input.value;
  parts.browse.hidden = Boolean(state.article);
  parts.reader.hidden = !state.article || read !== state.article;
  parts.heading.hidden = Boolean(state.article);
  parts.heading.textContent = state.q ? `Results for ${state.q}` : 'Search';
  if (state.article) {
    openArticle(state);
    return;
  }
  read = '';
  document.title = state.q ? `${state.q} — Readout` : 'Readout';
  if (!shown || !sameList(shown.state, state)) {
    search(state);
    return;
  }
  settle();
  sayFound();
  focusOpened(restore());
  keepFocus(parts.panel);
  parts.results.classList.remove('stale');
  showTabs(view, parts.tabs, totals);
  showChosen(view, parts.chosen);
  notice(shown.answer);
  if (!shown.whole) {
    ask(showBeside);
  }
}

/** What is wanted is there already. */
function settle() {
  setBusy(false);
  trouble.clear();
}

/** Runs `work` as what is being asked now. What failed is told, unless `failed` has told it. */
async function ask(work, failed = () => false) {
  const mine = running;
  asked = performance.now();
  const busy = setTimeout(() => setBusy(true), BUSY_MS);
  const slow = setTimeout(sayWaiting, SLOW_MS);
  const answered = () => {
    took = performance.now() - asked;
    asked = 0;
    clearTimeout(busy);
    clearTimeout(slow);
    setBusy(false);
  };
  try {
    await work({ signal: mine.signal }, answered);
  } catch (error) {
    if (!mine.signal.aborted) {
      if (!shown) {
        parts.results.replaceChildren();
      }
      if (!failed(error)) {
        trouble.show(error);
      }
      parts.results.classList.toggle('stale', shown !== null && !sameList(shown.state, view.state));
    }
  } finally {
    clearTimeout(busy);
    clearTimeout(slow);
    if (running === mine) {
      asked = 0;
      setBusy(false);
    }
  }
}

function setBusy(on) {
  const { article } = view.state;
  parts.progress.hidden = !on;
  parts.panel.ariaBusy = String(on);
  if (!on) {
    parts.waiting.hidden = true;
  } else if (article && read !== article) {
    instead('Opening the article…');
  } else if (!article && !shown) {
    showWaiting(parts.results);
  }
}

function sayWaiting() {
  parts.waiting.textContent = view.state.article ? 'Still opening the article…' : 'Still searching…';
  parts.waiting.hidden = false;
  say(parts.waiting.textContent);
}

function say(text) {
  parts.live.textContent = text;
}

function sayFound() {
  const { answer } = shown;
  say(answer.hits.length ? headingOf(answer, view.state) : 'Nothing found');
}

/* ---- the list ---- */

function search(state) {
  showTabs(view, parts.tabs, totals);
  showChosen(view, parts.chosen);
  return ask(async (options, answered) => {
    const isGraph = state.view === 'graph';
    const answer = await (isGraph ? askMeetings(view, options) : askHits(view, options));
    shown = { state, answer, whole: false };
    answered();
    if (state.prefix && answer.hits.length && !goesOn(answer.query)) {
      view.renamed({ prefix: false }); // the last word is whole
    }
    showAnswer(answer, isGraph);
    await new Promise((resolve) => setTimeout(resolve, COUNTS_MS));
    if (!options.signal.aborted) {
      await showBeside(options);
    }
  });
}

function showAnswer(answer, isGraph) {
  trouble.clear();
  reading = setTimeout(() => madeBy('typing') && keep(), READ_MS);
  parts.results.classList.remove('stale');
  parts.results.dataset.of = view.state.q; // for those who watch the page: what is shown is of this
  parts.panel.setAttribute('aria-labelledby', `tab-${view.state.kind}`);
  notice(answer);
  if (isGraph) {
    showGraph(view, parts.results, answer);
  } else {
    setTotals(answer);
    showHits(view, parts.results, answer);
  }
  showBar(view, parts.bar, answer);
  sayFound();
  focusOpened(restore());
  keepFocus(parts.panel);
}

/** The kind whose facets stand beside a list: of all kinds the first. */
function kindBeside({ state, answer }) {
  return state.kind !== 'all' ? state.kind : answer.kinds[0].kind;
}

function notice(answer) {
  const isKnown = totalsOf === JSON.stringify(paramsOf(view.state));
  showNotices(parts.notices, view, answer.query, isKnown ? allKinds : null);
}

/** Counts, facets and timeline; what one of them lacks is not taken from the others. */
async function showBeside(options) {
  const list = shown;
  const { kinds } = list.answer;
  const wanted = JSON.stringify(paramsOf(view.state));
  const results = await Promise.allSettled([
    askCounts(view, kindBeside(list), options),
    askTimeline(view, options),
    wanted === totalsOf ? null : kinds ? list.answer : askTotals(view, options), // once for all tabs
  ]);
  if (options.signal.aborted) {
    return;
  }
  const [counts, times, all] = results.map((r) => r.value);
  if (all) {
    setTotals(all);
    totalsOf = wanted;
    allKinds = all;
    notice(list.answer);
  }
  if (counts) {
    showCounts(counts, list.answer);
  }
  if (times) {
    timeline.show(times);
  }
  const failed = results.find((r) => r.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  list.whole = true;
  trouble.clear();
}

function showCounts({ total, facets }, answer) {
  if (view.state.kind !== 'all') {
    setTotals({ total });
    if (view.state.view !== 'graph') {
      showBar(view, parts.bar, { ...answer, total });
    }
  }
  showFacets(view, parts.facets, facets, kindBeside(shown));
}

function setTotals(answer) {
  for (const { kind, total } of answer.kinds || [{ kind: view.state.kind, total: answer.total }]) {
    totals[kind] = total;
  }
  showTabs(view, parts.tabs, totals);
}

/* ---- the article ---- */

function openArticle(state) {
  if (read === state.article) {
    settle();
    focusReader(state);
    return null;
  }
  return ask(async (options, answered) => {
    const article = await view.client.article(state.article, options);
    answered();
    trouble.clear();
    read = state.article;
    parts.reader.hidden = false;
    document.title = `${article.title || 'Untitled'} — Readout`;
    showArticle(view, parts.reader, article);
    say(article.title || 'Untitled');
    focusReader(state);
  }, (error) => noArticle(state, error));
}

function focusReader(state) {
  const title = byId('reader-title');
  if (!showFact(parts.reader, state.at, restore()) && moved) {
    title.focus({ preventScroll: true });
  }
  keepFocus(title);
}

function instead(heading, ...content) {
  read = '';
  parts.reader.hidden = false;
  document.title = `${heading} — Readout`;
  showInstead(view, parts.reader, heading, ...content);
}

function noArticle(state, error) {
  const isGone = error instanceof ReadoutError && error.status === 404;
  instead(isGone ? 'This article is not here' : 'The article cannot be shown just now', isGone
    ? h('p.meta', 'Nothing indexed has the id ', h('q', { dir: 'auto' }, state.article), '. It may have been taken out since the link to it was made.') : '');
  say(byId('reader-title').textContent);
  focusReader(state);
  return isGone;
}

/* ---- typing ---- */

let typing = 0; // the timer of a search to come

function stopTyping() {
  clearTimeout(typing);
  typing = 0;
}

function onInput() {
  const q = input.value; // later a suggestion may stand there
  clear.hidden = !q;
  timeline.rest();
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (q !== view.state.q) { // it was not taken back meanwhile
      go(writeState(withState(view.state, { q: q.trimStart(), prefix: true, typo: '', match: '' })), { by: 'typing' });
    }
    typing = 0;
  }, took > LATE_MS || BEGUN.test(q) ? UNSURE_MS : TYPING_MS);
}

function commit(q) {
  input.value = q;
  go(writeState(withState(view.state, { q, prefix: false, typo: '', match: '' })), { replace: madeBy('typing') });
}

/** Enter finds what typing does, and keeps what it has found. */
function submit() {
  const q = input.value.trimStart();
  const { state } = view;
  const isShown = q === state.q;
  go(writeState(withState(state, isShown ? {} : { q, prefix: true, typo: '', match: '' })),
    { replace: madeBy('typing') || (isShown && !state.article) });
}

/* ---- events ---- */

function isPlainClick(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="?"], a[href="./"]');
  if (!link || event.defaultPrevented || !isPlainClick(event)) {
    return;
  }
  event.preventDefault();
  if (link.dataset.go === 'back') {
    goBack(link.getAttribute('href'));
  } else {
    go(link.getAttribute('href'), { replace: link.dataset.go === 'replace' });
  }
});

document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault(); // a fragment would be one more entry of the history
  (view.state.article ? document.getElementById('reader-title') || parts.reader : parts.panel).focus();
});

document.addEventListener('keydown', (event) => {
  const writes = event.target.closest('input:not([type=checkbox]), textarea, select');
  if (event.key === '/' && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

addEventListener('popstate', () => {
  stopTyping();
  clearTimeout(scrolled);
  moved = false;
  returned = true;
  show();
});
addEventListener('scroll', () => {
  clearTimeout(scrolled);
  scrolled = setTimeout(remember, SCROLL_MS);
}, { passive: true });
history.scrollRestoration = 'manual';

input.addEventListener('input', onInput);
clear.addEventListener('click', () => {
  commit('');
  input.focus();
});
document.querySelector('form.search').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});

/* ---- colours ---- */

const THEMES = [['', '◐', 'Colours: as the system'], ['light', '○', 'Colours: light'], ['dark', '●', 'Colours: dark']];
const themeButton = document.querySelector('.theme');

function showTheme() {
  const [, sign, name] = THEMES.find(([t]) => t === (document.documentElement.dataset.theme || ''));
  themeButton.textContent = sign;
  themeButton.ariaLabel = themeButton.title = name;
}

themeButton.addEventListener('click', () => {
  const at = THEMES.findIndex(([t]) => t === (document.documentElement.dataset.theme || ''));
  const [theme] = THEMES[(at + 1) % THEMES.length];
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('readout-theme', theme);
  } catch {
    // it holds for this page then
  }
  showTheme();
});

showTheme();
tabKeys(parts.tabs);
const suggestions = startSuggestions({ view, input, box: byId('suggestions'), commit });
show();
