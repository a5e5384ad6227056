// What was understood, repaired, corrected or relaxed, said plainly.

import { h, list, refill } from './dom.js';
import { FACETS, ROLES, counted, kindOf, sideName } from './names.js';

const LACKS = { all: 'Nothing has ', talks: 'No talk mentions ', participants: 'No person’s entry has ', outcomes: 'No outcome mentions ', statements: 'No statement has ' };
const KEPT_BY = { by: 'who decided' }; // others as their facet is called

function words(items) {
  return list(items.map((w) => h('q', { dir: 'auto' }, w)));
}

/** Words are missed by the kind that was searched, which need not be all there is. */
function none({ kind }, items) {
  return [LACKS[kind] || 'No article has ', words(items)];
}

/** Another kind that has what this one lacks, if that is known. */
function elsewhere({ state }, items, all) {
  if (!all || state.kind === 'all') {
    return null;
  }
  const lacking = [...(all.query.missing || []), ...(all.query.corrected || []).map((c) => c.word)];
  const others = all.kinds.filter(({ kind, total }) => kind !== state.kind && total.value > 0);
  return items.some((word) => lacking.includes(word)) ? null : others.find(({ kind }) => kind === 'articles') || others[0] || null;
}

function linkTo(view, { kind, total }) {
  return h('a', { href: view.link({ kind, view: 'list' }), 'data-key': 'other' }, counted(total, kind));
}

function corrected(view, query, all) {
  if (!query.corrected) {
    return [];
  }
  const other = elsewhere(view, query.corrected.map((c) => c.word), all);
  return [h('p',
    query.corrected.map((c) => [none(view.state, [c.word]), '; searched for ', words(c.into.slice(0, 3)), '. ']),
    other ? ['As typed it is in ', linkTo(view, other), '. '] : null,
    h('a', { href: view.link({ typo: 'off' }), 'data-key': 'typo' }, 'Leave the words as typed'))];
}

/** Another spelling, unless other kinds have the words as they are. */
function meant(view, query, all) {
  if (!query.did_you_mean || query.corrected) {
    return [];
  }
  const isWide = ['all', 'articles'].includes(view.state.kind);
  if (!isWide && (!all || (all.kinds.some((k) => k.total.value > 0) && !all.query.did_you_mean && !all.query.corrected))) {
    return [];
  }
  return [h('p.meant', 'Did you mean ',
    h('a', { href: view.link({ q: query.did_you_mean }), 'data-key': 'meant', dir: 'auto' }, query.did_you_mean), '?')];
}

function relaxed(view, query) {
  const told = [...(query.missing || []), ...(query.corrected || []).map((c) => c.word)];
  const left = (query.relaxed || []).filter((word) => !told.includes(word));
  const every = query.match === 'any';
  const asks = every && query.question?.pattern; // a question, in which no word is required
  if (asks ? view.state.match || !/\S\s+\S/.test(view.state.q) : !left.length || (every && left.length === 1)) {
    return [];
  }
  return [h('p', every ? `Any of the ${told.length ? 'others' : 'words'} is enough` : ['Few have all the words, so ', words(left), left.length === 1 ? ' is' : ' are', ' not required'], '. ',
    h('a', { href: view.link({ match: 'all' }), 'data-key': 'match' }, 'Require all'))];
}

function missing(view, query, all) {
  const told = (query.corrected || []).map((c) => c.word);
  const typed = (query.missing || []).filter((word) => !told.includes(word));
  if (!typed.length) {
    return [];
  }
  const other = elsewhere(view, typed, all);
  const isAll = view.state.q.trim().split(/\s+/).length === typed.length;
  return [h('p', none(view.state, typed),
    other ? isAll ? ['; ', linkTo(view, other), ' do'] : ['; this search finds ', linkTo(view, other)] : null, '.')];
}

/** What is chosen and this kind cannot be filtered by, though others can. */
function unkept({ state }, repair) {
  const [, field] = (repair.in === 'filter' && /have no '(\w+):'/.exec(repair.what)) || [];
  return FACETS.find((f) => f.field === field && state.chosen[f.facet]);
}

/** The facet that keeps the same people, or sides, for this kind. */
function kin(kind, values) {
  return kind === 'statements' ? 'speaker' : kind === 'outcomes' ? 'by' : values.every((v) => sideName(v) !== v) ? 'side' : 'person';
}

function without(view, { facet, name }) {
  const { kind, chosen: { [facet]: values, ...chosen } } = view.state;
  const { label } = kindOf(kind);
  const to = kin(kind, values);
  const who = h('bdi', values.map(name).join(' or '));
  const way = (key, text, state) => h('a', { href: view.link({ chosen: state }), 'data-key': `${key}:${facet}` }, text, who.cloneNode(true));
  return h('p', `${label} cannot be filtered by ${KEPT_BY[facet] || facet}. `,
    ['person', 'speaker', 'by'].includes(facet) ? [way('with', `${label} ${['speaker', 'by'].includes(to) ? 'by' : 'with'} `, { ...chosen, [to]: [...new Set([...(chosen[to] || []), ...values])] }), ' · '] : null,
    way('without', 'Without ', chosen));
}

function repairs(view, query) {
  const found = (query.repairs || []).map((repair) => ({ repair, facet: unkept(view, repair) }));
  return [...[...new Set(found.map((f) => f.facet))].filter(Boolean).map((facet) => without(view, facet)),
    ...found.filter((f) => !f.facet).map(({ repair }) => h('p', 'The query was repaired: ', h('span', { dir: 'auto' }, repair.what), '.'))];
}

const letters = new Intl.Collator('en', { sensitivity: 'base' });

/** Whether words were found that only begin as one of the query does. */
export function goesOn({ expanded = [] }) {
  return expanded.some(({ word, into }) => into.some((w) => letters.compare(w, word)));
}

/** While one types, that the last word goes on is plain to see. */
function expanded(view, query) {
  return (view.isTyped() || !goesOn(query) ? [] : query.expanded).map((e) =>
    h('p', words([e.word]), ' stands for ', words(e.into.slice(0, 6)),
      e.into.length > 6 || !e.complete ? ' and more' : '', '. ',
      view.state.prefix && e.into.includes(e.word) ? h('a', { href: view.link({ prefix: false }), 'data-key': 'whole' }, 'Only the whole word') : null));
}

const WISHES = {
  side: sideName,
  place: (v) => `in ${proper(v)}`,
  person: proper,
  status: (v) => alternatives(v),
  role: (v) => (/member/.test(v) ? 'those who took part' : alternatives(v, (role) => ROLES[role])),
};

function proper(name) {
  return name.replace(/(?<!\S)\p{Ll}/gu, (first) => first.toUpperCase());
}

function alternatives(words, name = String) {
  return words.split(' ').map(name).join(' or ');
}

function understood({ question }) {
  const wishes = (question?.prefers || []).filter((w) => w.value !== '*' && (w.what !== 'role' || ROLES[w.value.split(' ')[0]]));
  return question?.pattern && wishes.length ? [h('p.understood', 'Looked for first: ',
    list(wishes.map((w) => h('b', (WISHES[w.what] || String)(w.value))), ', '), '.')] : [];
}

function undated(state) {
  return state.wrong.map((text) => h('p', 'No calendar has the date ', words([text]), ', so it was left out.'));
}

export function showNotices(element, view, query, all) {
  refill(element, ...undated(view.state), ...corrected(view, query, all), ...meant(view, query, all), ...missing(view, query, all),
    ...relaxed(view, query), ...repairs(view, query), ...expanded(view, query), ...understood(query));
}
