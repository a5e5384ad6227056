// What the page shows, as its address says it: all of it, so that a link shares it and back undoes it.

import { FACETS, KINDS } from './names.js';

const TEXTS = ['q', 'kind', 'filter', 'sort', 'typo', 'match', 'from', 'to', 'view', 'graph', 'article', 'at'];
const DEFAULTS = { kind: 'all', sort: 'relevance', view: 'list', graph: 'sides' };
export const PAGE = 20; // hits shown at first, and more at a time
export const SHOWN_MAX = 1000; // hits that an address asks for
const CHOICES = {
  kind: KINDS.map((k) => k.kind),
  sort: ['relevance', '-date', 'date'],
  view: ['list', 'graph'],
  graph: ['sides', 'people'],
  typo: ['off'],
  match: ['all', 'any'],
};
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDay(text) {
  const time = DAY.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export function readState(search) {
  const params = new URLSearchParams(search);
  const state = { chosen: {}, prefix: params.get('prefix') === '1', wrong: [] };
  for (const name of TEXTS) {
    state[name] = params.get(name) || DEFAULTS[name] || '';
  }
  for (const [name, allowed] of Object.entries(CHOICES)) {
    state[name] = allowed.includes(state[name]) ? state[name] : DEFAULTS[name] || '';
  }
  for (const name of ['from', 'to']) {
    if (state[name] && !isDay(state[name])) {
      state.wrong.push(state[name]);
      state[name] = '';
    }
  }
  if (state.from && state.to && state.from > state.to) {
    [state.from, state.to] = [state.to, state.from];
  }
  for (const { facet } of FACETS) {
    const values = [...new Set(params.getAll(facet))].filter(Boolean);
    if (values.length) {
      state.chosen[facet] = values;
    }
  }
  if (state.view === 'graph') {
    state.kind = 'talks'; // what it shows, and what goes with it
  }
  const shown = Math.trunc(Number(params.get('n')));
  state.n = Math.min(SHOWN_MAX, Math.max(PAGE, shown || PAGE));
  return state;
}

export function writeState(state) {
  const params = new URLSearchParams();
  for (const name of TEXTS) {
    if (state[name] && state[name] !== DEFAULTS[name]) {
      params.set(name, state[name]);
    }
  }
  for (const [facet, values] of Object.entries(state.chosen)) {
    values.forEach((value) => params.append(facet, value));
  }
  if (state.n > PAGE) {
    params.set('n', String(state.n));
  }
  if (state.prefix) {
    params.set('prefix', '1');
  }
  const text = params.toString();
  return text ? '?' + text : './';
}

/** The state with other values; a change of what is searched for starts its list again. */
export function withState(state, changes) {
  const isSameList = Object.keys(changes).every((name) => name === 'article' || name === 'at');
  return { ...state, n: isSameList ? state.n : PAGE, article: '', at: '', wrong: [], ...changes };
}

export const UNFILTERED = { chosen: {}, filter: '', from: '', to: '' };

export function quoted(value) {
  return `"${value.replace(/["“”\\]/g, '\\$&')}"`;
}

/** The filter in the query language; without the dates for what shows all of them. */
export function filterOf(state, { dates = true } = {}) {
  const parts = [];
  for (const { facet, field } of FACETS) {
    const terms = (state.chosen[facet] || []).map((value) => `${field}:${quoted(value)}`);
    if (terms.length) {
      parts.push(terms.length > 1 ? `(${terms.join(' OR ')})` : terms[0]);
    }
  }
  if (dates && (state.from || state.to)) {
    parts.push(`date:${state.from}..${state.to}`);
  }
  if (state.filter) {
    parts.push(`(${state.filter})`);
  }
  return parts.join(' ');
}

export function paramsOf(state, options) {
  return {
    q: state.q,
    filter: filterOf(state, options),
    typo: state.typo,
    match: state.match,
    prefix: state.prefix && /[\p{L}\p{N}]$/u.test(state.q),
  };
}

/** Whether two states show the same list, so that it need not be asked for again. */
export function sameList(a, b) {
  const key = (s) => writeState({ ...s, article: '', at: '' });
  return key(a) === key(b);
}
