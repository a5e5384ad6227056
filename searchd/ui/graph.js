// Who met whom: people or countries of the talks found, as a drawing and as a table that says the same.

import { h, refill, svg } from './dom.js';
import { FACETS, count, number, sideName } from './names.js';
import { filterOf, paramsOf, quoted } from './state.js';

const TALKS = 400; // talks that are looked at
const ROWS = 200; // of the table
const WIDE = { width: 760, height: 500, nodes: 24, letters: 24 }; // drawn are those who met most
const NARROW = { width: 380, height: 420, nodes: 12, letters: 18 };
const NARROW_PIXELS = 560;
const ROUNDS = 300;
const COUNTED = 200; // people or countries whose talks are counted among all that are found

function facetOf(isPeople) {
  return FACETS.find((f) => f.facet === (isPeople ? 'person' : 'side'));
}

export async function askMeetings(view, options) {
  const { sort, graph } = view.state;
  return view.client.talks({
    ...paramsOf(view.state), sort: sort === 'relevance' ? '' : sort, limit: TALKS, snippets: 0, people: graph === 'people',
    facets: facetOf(graph === 'people').facet, facet_limit: COUNTED,
  }, options);
}

/** The names of people who are one, by what they are called most, and rather in full. */
function peopleNames(hits) {
  const names = new Map();
  for (const p of hits.flatMap((hit) => hit.participants)) {
    const own = names.get(p.person || p.name) || new Map();
    own.set(p.name, (own.get(p.name) || 0) + (p.name.includes(' ') ? TALKS : 1));
    names.set(p.person || p.name, own);
  }
  return new Map([...names].map(([id, own]) => [id, [...own].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0][0]]));
}

/** Who faces whom in a talk: pairs across sides, or of all where no sides are stated. */
function pairsOf(hit, names) {
  if (!names) {
    return allPairs([...new Set(hit.sides)].map((s) => [s, s]));
  }
  const people = hit.participants.filter((p) => p.role !== 'observer').map((p) => [names.get(p.person || p.name), p.side]);
  return allPairs(people).filter(([a, b]) => a[0] !== b[0] && (!a[1] || !b[1] || a[1] !== b[1]));
}

function allPairs(items) {
  return items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b]));
}

function namedIn(hit, names) {
  return new Set(names ? hit.participants.map((p) => names.get(p.person || p.name)) : hit.sides);
}

/** {nodes: [{id, talks}], edges: [{a, b, talks}]}, those with most talks first; `named`: whom each talk names. */
function meetings(hits, isPeople) {
  const called = isPeople ? peopleNames(hits) : null;
  const named = hits.map((hit) => namedIn(hit, called));
  const nodes = new Map();
  const edges = new Map();
  for (const hit of hits) {
    const met = new Set();
    for (const [[a], [b]] of pairsOf(hit, called)) {
      const [first, second] = a < b ? [a, b] : [b, a];
      const key = JSON.stringify([first, second]);
      const edge = edges.get(key) || { a: first, b: second, talks: 0 };
      edge.talks++;
      edges.set(key, edge);
      met.add(a).add(b);
    }
    met.forEach((id) => nodes.set(id, (nodes.get(id) || 0) + 1));
  }
  const byTalks = (x, y) => y.talks - x.talks || (x.id || x.a).localeCompare(y.id || y.a);
  return {
    nodes: [...nodes].map(([id, talks]) => ({ id, talks })).sort(byTalks),
    edges: [...edges.values()].sort(byTalks),
    named,
  };
}

/** Places nodes: from a circle, pushed apart by all and pulled together along edges. No chance in it, so
 * the same talks always look the same. */
function layOut(nodes, edges, size) {
  const spots = nodes.map((_, i) => {
    const angle = (i / nodes.length) * 2 * Math.PI + 0.5;
    return { x: Math.cos(angle) * (1 + (i % 3) * 0.2), y: Math.sin(angle) * (1 + (i % 3) * 0.2) };
  });
  const index = new Map(nodes.map((n, i) => [n.id, i]));
  const lines = edges.map((e) => [index.get(e.a), index.get(e.b), Math.log2(1 + e.talks)]);
  const ideal = 1.6 / Math.sqrt(Math.max(nodes.length, 1));
  for (let round = 0; round < ROUNDS; round++) {
    step(spots, lines, ideal, 0.12 * (1 - round / ROUNDS));
  }
  return spread(spots, size);
}

function step(spots, lines, ideal, heat) {
  const force = spots.map((s) => ({ x: -s.x * 1.1, y: -s.y * 1.5 }));
  const push = (i, j, f) => {
    const dx = spots[i].x - spots[j].x || 1e-4 * (i - j);
    const dy = spots[i].y - spots[j].y || 1e-4;
    const far = Math.hypot(dx, dy);
    const by = f(far) / far;
    force[i].x += dx * by;
    force[i].y += dy * by;
    force[j].x -= dx * by;
    force[j].y -= dy * by;
  };
  for (let i = 0; i < spots.length; i++) {
    for (let j = i + 1; j < spots.length; j++) {
      push(i, j, (d) => (ideal * ideal) / d);
    }
  }
  lines.forEach(([i, j, w]) => push(i, j, (d) => (-d * d * Math.min(w, 3)) / ideal / 9));
  spots.forEach((s, i) => {
    const size = Math.hypot(force[i].x, force[i].y) || 1;
    const by = Math.min(size, heat) / size;
    s.x += force[i].x * by;
    s.y += force[i].y * by;
  });
}

function spread(spots, { width, height }) {
  const xs = spots.map((s) => s.x);
  const ys = spots.map((s) => s.y);
  const fit = (v, all, size, edge) => {
    const [lo, hi] = [Math.min(...all), Math.max(...all)];
    return hi - lo < 1e-6 ? size / 2 : edge + ((v - lo) / (hi - lo)) * (size - 2 * edge);
  };
  return spots.map((s) => ({ x: fit(s.x, xs, width, 70), y: fit(s.y, ys, height, 40) }));
}

function short(name, most) {
  return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name;
}

function chooseNodes({ nodes, edges }, most) {
  const drawn = new Set();
  for (const { a, b } of edges) {
    if (drawn.size + Number(!drawn.has(a)) + Number(!drawn.has(b)) <= most) {
      drawn.add(a).add(b);
    }
  }
  return nodes.filter((n) => drawn.has(n.id));
}

/** Moves nodes until neither they nor their names cover each other or leave the drawing. `boxes` have
 * half a width, and how far they reach up and down. */
function keepApart(spots, boxes, { width, height }) {
  const clamp = (v, lo, hi) => Math.min(Math.max(v, lo), Math.max(lo, hi));
  const settle = (s, { half, up, down }) => {
    s.x = clamp(s.x, half, width - half);
    s.y = clamp(s.y, up, height - down);
  };
  spots.forEach((s, i) => settle(s, boxes[i]));
  for (let round = 0, moved = true; moved && round < ROUNDS; round++) {
    moved = false;
    for (let i = 0; i < spots.length; i++) {
      for (let j = i + 1; j < spots.length; j++) {
        moved = part(spots[i], spots[j], boxes[i], boxes[j]) || moved;
      }
    }
    spots.forEach((s, i) => settle(s, boxes[i]));
  }
  return spots;
}

/** Two boxes, the shorter way apart; false: they were. */
function part(a, b, p, q) {
  const [upper, lower, above, below] = a.y <= b.y ? [a, b, p, q] : [b, a, q, p];
  const dx = p.half + q.half - Math.abs(a.x - b.x);
  const dy = upper.y + above.down - (lower.y - below.up);
  if (dx <= 0.5 || dy <= 0.5) {
    return false;
  }
  if (dy <= dx) {
    upper.y -= dy / 2;
    lower.y += dy / 2;
  } else {
    const [left, right] = a.x <= b.x ? [a, b] : [b, a];
    left.x -= dx / 2;
    right.x += dx / 2;
  }
  return true;
}

function naming({ filter }, isPeople, ids) {
  const { field } = facetOf(isPeople);
  return [filter && `(${filter})`, ...ids.map((id) => `${field}:${quoted(id)}`)].filter(Boolean).join(' ');
}

/** As many words are required as were for the graph: with fewer talks others might be let in. */
function matching({ state }, { query }) {
  const isWhole = !(query.relaxed || []).length && !(query.missing || []).length;
  return state.match || !state.q || query.corrected || !query.match ? state.match : isWhole ? 'all' : query.match === 'any' ? 'any' : '';
}

/** The talks of one, and how many there are; null: that was not counted. What else is chosen stays. */
function talksWith(view, answer, found, isPeople, id) {
  const { facet } = facetOf(isPeople);
  const chosen = view.state.chosen[facet] || [];
  const isOnly = chosen.every((value) => value === id);
  const known = (answer.facets[facet] || []).find((c) => c.value === id);
  const isWhole = !isPeople && answer.total.value === answer.hits.length;
  const match = matching(view, answer);
  return {
    href: view.link({ kind: 'talks', view: 'list', match,
      ...(isOnly ? { chosen: { ...view.state.chosen, [facet]: [id] } } : { filter: naming(view.state, isPeople, [id]) }) }),
    talks: isOnly ? (known ? known.count : null) : isWhole ? found.named.filter((all) => all.has(id)).length : null,
  };
}

const NAME = 17; // from a node's edge to behind its name
const pen = document.createElement('canvas').getContext('2d');

/** Those whose lines go down rather than up: their names stand above them, out of the way. */
function namedAbove(nodes, edges, spots) {
  const at = new Map(nodes.map((n, i) => [n.id, spots[i]]));
  const down = new Map(nodes.map((n) => [n.id, 0]));
  for (const { a, b } of edges) {
    const [from, to] = [at.get(a), at.get(b)];
    const slope = (to.y - from.y) / (Math.hypot(to.x - from.x, to.y - from.y) || 1);
    down.set(a, down.get(a) + slope);
    down.set(b, down.get(b) - slope);
  }
  return new Set(nodes.map((n) => n.id).filter((id) => down.get(id) > 0));
}

function drawing(view, answer, found, isPeople, size) {
  const nodes = chooseNodes(found, size.nodes);
  const drawn = new Set(nodes.map((n) => n.id));
  const edges = found.edges.filter((e) => drawn.has(e.a) && drawn.has(e.b));
  const most = Math.max(...nodes.map((n) => n.talks));
  const name = isPeople ? String : sideName;
  const radius = (n) => 5 + 11 * Math.sqrt(n.talks / most);
  const called = new Map(nodes.map((n) => [n.id, short(name(n.id), size.letters)]));
  const links = new Map(nodes.map((n) => [n.id, talksWith(view, answer, found, isPeople, n.id)]));
  const counts = new Map(nodes.map((n) => [n.id, links.get(n.id).talks === null ? '' : ` ${number(links.get(n.id).talks)}`]));
  pen.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  const laid = layOut(nodes, edges, size);
  const above = namedAbove(nodes, edges, laid);
  const boxes = nodes.map((n) => {
    const r = radius(n);
    const [up, down] = above.has(n.id) ? [r + NAME, r + 3] : [r + 3, r + NAME];
    return { half: Math.max(r, pen.measureText(called.get(n.id) + counts.get(n.id)).width / 2) + 4, up, down };
  });
  const spots = keepApart(laid, boxes, size);
  const spot = new Map(nodes.map((n, i) => [n.id, spots[i]]));
  const root = svg('svg.meetings', { viewBox: `0 0 ${size.width} ${size.height}`, role: 'group',
    'aria-label': `Who met whom: ${count(nodes.length, isPeople ? 'person' : 'country', isPeople ? 'people' : 'countries')}; the table below says the same`,
  });
  const lines = edges.map((e) => {
    const [a, b] = [spot.get(e.a), spot.get(e.b)];
    return svg('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, 'stroke-width': 1 + 2 * Math.log2(e.talks), 'data-a': e.a, 'data-b': e.b },
      svg('title', `${name(e.a)} and ${name(e.b)}: ${count(e.talks, 'talk')}${ofAll(answer)}`));
  });
  const light = (id) => {
    root.classList.toggle('lit', id !== null);
    root.querySelectorAll('[data-a]').forEach((l) => l.classList.toggle('on', l.dataset.a === id || l.dataset.b === id));
    const near = new Set(edges.flatMap((e) => (e.a === id ? [e.b] : e.b === id ? [e.a] : [])));
    root.querySelectorAll('[data-id]').forEach((n) => n.classList.toggle('on', n.dataset.id === id || near.has(n.dataset.id)));
  };
  const dots = nodes.map((n) => {
    const { x, y } = spot.get(n.id);
    const r = radius(n);
    const { href, talks } = links.get(n.id);
    return svg('a', {
      href, 'data-id': n.id, 'aria-label': talks === null ? name(n.id) : `${name(n.id)}: ${count(talks, 'talk')}`,
      onmouseenter: () => light(n.id), onmouseleave: () => light(null), onfocus: () => light(n.id), onblur: () => light(null),
    }, svg('circle', { cx: x, cy: y, r }), svg('text', { x, y: above.has(n.id) ? y - r - 6 : y + r + 14, 'text-anchor': 'middle' },
      called.get(n.id), svg('tspan', counts.get(n.id))));
  });
  root.append(...lines, ...dots);
  return root;
}

/** Where not all talks were looked at, what is counted is of those. */
function ofAll({ total, hits }) {
  return total.value > hits.length ? ` of the ${number(hits.length)}` : '';
}

function table(view, answer, found, isPeople) {
  const name = isPeople ? String : sideName;
  const match = matching(view, answer);
  const both = (e) => ({ kind: 'talks', view: 'list', match, filter: naming(view.state, isPeople, [e.a, e.b]) });
  const talks = (e) => found.named.filter((all) => all.has(e.a) && all.has(e.b)).length; // a pair of one side met in them, too
  return h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Who met whom, as a table' }, h('table',
    h('caption', `${count(found.edges.length, 'pair')}${found.edges.length > ROWS ? `, the first ${ROWS} of them` : ''}`),
    h('thead', h('tr', h('th', { scope: 'col' }, isPeople ? 'Person' : 'Side'), h('th', { scope: 'col' }, 'met'), h('th.n', { scope: 'col' }, `Talks${ofAll(answer)}`))),
    h('tbody', found.edges.slice(0, ROWS).map((e) => h('tr',
      h('td', { dir: 'auto' }, name(e.a)), h('td', { dir: 'auto' }, name(e.b)),
      h('td.n', ofAll(answer) ? `${number(talks(e))} · ` : null, h('a', { href: view.link(both(e)),
        'aria-label': `${ofAll(answer) ? 'all talks' : count(talks(e), 'talk')} of ${name(e.a)} and ${name(e.b)}` }, ofAll(answer) ? 'all' : number(talks(e)))))))));
}

function sizeOf(element) {
  return element.clientWidth < NARROW_PIXELS ? NARROW : WIDE;
}

let redraw = () => {};
const widths = new ResizeObserver(() => redraw());

export function showGraph(view, element, answer) {
  const isPeople = view.state.graph === 'people';
  const found = meetings(answer.hits, isPeople);
  const size = sizeOf(element);
  redraw = () => element.clientWidth && element.querySelector('.graph') && sizeOf(element) !== size && showGraph(view, element, answer);
  widths.observe(element);
  const choice = (graph, label) => h('a', { href: view.link({ graph }), 'data-key': graph, 'aria-current': view.state.graph === graph ? 'true' : null }, label);
  const { sort, q } = view.state;
  const first = sort === 'date' ? 'oldest' : sort === '-date' || !q ? 'newest' : 'best';
  const all = ofAll(answer)
    ? `the ${first} ${number(answer.hits.length)} of ${count(answer.total.value, 'talk')}` : count(answer.hits.length, 'talk');
  refill(element,
    h('div.graph', h('header.kind-head', h('h2', 'Who met whom'),
      h('span.choices', { role: 'group', 'aria-label': 'Whom to show' }, choice('sides', 'Countries'), choice('people', 'People'))),
    found.edges.length ? [
      h('p.about', `In ${all}${found.nodes.length > size.nodes ? `; those who met most are drawn` : ''}. A line is thicker the more often two met.`),
      drawing(view, answer, found, isPeople, size), table(view, answer, found, isPeople)]
      : h('p.empty', answer.hits.length ? 'No two of them face each other in the talks found.' : `No talks found${view.state.q || filterOf(view.state) ? ' for this search' : ''}.`)));
}
