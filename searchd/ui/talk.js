// A talk as a card: the sides face each other, heads first; when and where; what came out.

import { evidence, factOf, names, provenance, status, support } from './parts.js';
import { h, list } from './dom.js';
import { FORMS, STATUSES, date, duration, listed, sideName, title } from './names.js';

const HEADS = ['head', 'chair'];
const AROUND = ['host', 'mediator', 'observer'];

/** Who hosts sits with the others where there would be but one side. */
function isSeated(hit, { role }) {
  return !AROUND.includes(role) || (role === 'host' && (hit.sides || []).length + (hit.parties || []).length < 2);
}

function seats(hit) {
  const seated = hit.participants.filter((p) => isSeated(hit, p));
  const sides = hit.sides || [];
  const of = (code) => seated.filter((p) => (p.side || '') === code);
  const others = new Set(seated.map((p) => p.side || '').filter((code) => !sides.includes(code)));
  return [...sides.map((code) => ({ name: sideName(code), people: of(code) })),
    ...(hit.parties || []).map((name) => ({ name, people: [] })),
    ...[...others].map((code) => ({ name: sideName(code), people: of(code) }))];
}

function link(view, { name }) {
  return h('a', { href: view.filtered('person', name, 'talks'), dir: 'auto' }, name);
}

function person(view, p) {
  const isHead = HEADS.includes(p.role);
  return h(`li${isHead ? '.head' : ''}`, link(view, p), isHead || p.role === 'host' ? h('span.part', ` ${p.role}`) : null);
}

function side(view, row, alone) {
  const order = [...row.people].sort((a, b) => Number(HEADS.includes(b.role)) - Number(HEADS.includes(a.role)));
  return h('div.side',
    row.name ? h('h4', { dir: 'auto' }, row.name) : h('h4.unstated', alone ? 'Took part' : 'Side not stated'),
    order.length ? h('ul', order.map((p) => person(view, p))) : null);
}

function around(view, hit) {
  const parts = AROUND.map((role) => [role, hit.participants.filter((p) => p.role === role && !isSeated(hit, p))]);
  return parts.filter(([, people]) => people.length).map(([role, people]) =>
    h('p.around', h('span.label', `${title(role)}${people.length > 1 ? 's' : ''} `), list(people.map((p) => link(view, p)))));
}

export function where(hit) {
  const place = hit.place || {};
  const country = place.country ? sideName(place.country) : '';
  return [place.city, country].filter((p, i, all) => p && all.indexOf(p) === i).join(', ');
}

/** "Russia and United States", or who took part, or the article's title. */
export function talkName(hit) {
  const sides = [...(hit.sides || []).map(sideName), ...(hit.parties || [])];
  if (sides.length > 1) {
    return listed(sides);
  }
  const people = (hit.participants || []).filter((p) => !AROUND.includes(p.role)).map((p) => p.name);
  if (people.length > 1) {
    return listed(people.length > 3 ? [...people.slice(0, 3), 'others'] : people);
  }
  return hit.title || 'Talks';
}

function facts(hit) {
  const rows = [
    ['When', hit.date?.value && h('time', { datetime: hit.date.value }, date(hit.date.value))],
    ['Where', where(hit)],
    ['Host', hit.host && sideName(hit.host)],
    ['Lasted', hit.duration_minutes && duration(hit.duration_minutes)],
    ['About', (hit.topics || []).join(', ')],
  ].filter(([, value]) => value);
  return rows.length
    ? h('dl.facts', rows.map(([name, value]) => h('div', h('dt', name), h('dd', { dir: 'auto' }, value))))
    : null;
}

function outcomes(view, hit) {
  const groups = Object.keys(STATUSES)
    .map((name) => [name, (hit.outcomes || []).filter((o) => o.status === name)])
    .filter(([, found]) => found.length);
  if (!groups.length) {
    return null;
  }
  return h('div.came', h('h4.unseen', 'What came out'),
    groups.map(([name, found]) => h('section', h('p', status(name)),
      h('ul', found.map((o) => h('li',
        h('a', { href: view.link({ article: hit.article, at: factOf(o.id) }), dir: 'auto' },
          title(o.what || o.sentence)),
        o.by.length ? h('span.by', ' — ', names(o.by)) : null))))));
}

export function talkCard(view, hit) {
  const rows = seats(hit);
  const kind = [hit.status === 'held' ? '' : hit.status, FORMS[hit.form] || ''].filter(Boolean).join(', ');
  return h('article.card.talk',
    h('header',
      h('h3', { dir: 'auto' },
        h('a', { href: view.link({ article: hit.article, at: factOf(hit.id) }) }, talkName(hit))),
      kind ? h('span.tag', `Talks ${kind}`) : h('span.tag', 'Talks')),
    rows.length ? h(`div.sides.sides-${rows.length}`, rows.map((r) => side(view, r, rows.length === 1))) : null,
    around(view, hit),
    facts(hit),
    outcomes(view, hit),
    evidence(hit),
    provenance(view, hit, { isTitled: talkName(hit) === hit.title }),
    support(view, hit));
}
