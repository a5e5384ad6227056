// @ts-check
// What was understood, repaired, corrected or relaxed, said plainly.

import { h, list } from './dom.js';
import { ROLES, sideName } from './names.js';

function words(items) {
  return list(items.map((w) => h('q', { dir: 'auto' }, w)));
}

function corrected(view, query) {
  if (!query.corrected) {
    return [];
  }
  return [h('p', {},
    query.corrected.map((c) => ['No article has ', words([c.word]), '; searched for ', words(c.into.slice(0, 3)), '. ']),
    h('a', { href: view.link({ typo: 'off' }), 'data-go': true }, 'Leave the words as typed'))];
}

function meant(view, query) {
  if (!query.did_you_mean || query.corrected) {
    return [];
  }
  return [h('p.meant', {}, 'Did you mean ',
    h('a', { href: view.link({ q: query.did_you_mean }), 'data-go': true, dir: 'auto' }, query.did_you_mean), '?')];
}

function relaxed(view, query) {
  const told = [...(query.missing || []), ...(query.corrected || []).map((c) => c.word)];
  const left = (query.relaxed || []).filter((word) => !told.includes(word));
  const every = left.length + told.length >= view.state.q.trim().split(/\s+/).length;
  if (!left.length || (every && left.length === 1)) {
    return [];
  }
  return [h('p', {}, 'Few have all the words, so ', every ? `any of ${told.length ? 'the others' : 'them'} is enough` : [words(left), left.length === 1 ? ' is' : ' are', ' not required'], '. ',
    h('a', { href: view.link({ match: 'all' }), 'data-go': true }, 'Require all'))];
}

function missing(view, query) {
  const typed = (query.missing || []).filter((word) => !word.startsWith('"') || view.state.q.includes(word));
  return typed.length ? [h('p', {}, 'No article has ', words(typed), '.')] : [];
}

function repairs(query) {
  return (query.repairs || []).map((r) => h('p', {}, 'The query was repaired: ', h('span', { dir: 'auto' }, r.what), '.'));
}

function expanded(query, isPrefix) {
  return (isPrefix ? [] : query.expanded || []).map((e) =>
    h('p', {}, words([e.word]), ' stands for ', words(e.into.slice(0, 6)),
      e.into.length > 6 || !e.complete ? ' and more' : '', '.'));
}

const PREFERENCES = { side: sideName, place: String, person: String, role: (v) => v.split(' ').join(' or ') };

function understood(query) {
  const question = query.question;
  const wishes = ((question && question.prefers) || []).filter((w) => w.what !== 'role' || w.value.split(' ').every((v) => ROLES[v]));
  if (!question || !question.pattern || !wishes.length) {
    return [];
  }
  return [h('p.understood', {}, 'Understood: ',
    list(wishes.map((w) => [`${w.what} `, h('b', {}, (PREFERENCES[w.what] || String)(w.value))])), '; such results come first.')];
}

function undated(state) {
  return state.wrong.map((text) => h('p', {}, 'No calendar has the date ', words([text]), ', so it was left out.'));
}

/** Replaces what `element` says by what this answer has to say. */
export function showNotices(element, view, query) {
  element.replaceChildren(...undated(view.state), ...corrected(view, query), ...meant(view, query), ...relaxed(view, query),
    ...missing(view, query), ...repairs(query), ...expanded(query, view.state.prefix), ...understood(query));
}
