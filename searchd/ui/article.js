// One article: its text with the facts marked in it, a legend, and a list to jump from.

import { h } from './dom.js';
import { ROLES, STATUSES, date, listed, sideName, title } from './names.js';
import { meta, origin, status, toArticle } from './parts.js';
import { talkName, where } from './talk.js';

const MARKS = [
  { type: 'outcome', label: 'Outcomes', one: 'Outcome' },
  { type: 'statement', label: 'Statements', one: 'Statement' },
  { type: 'talk', label: 'Talks', one: 'Talk' },
  { type: 'person', label: 'Who took part', one: 'Took part' },
];
const SAID = 110; // characters of a statement in the list
const WRAPPED = [50, 100]; // characters of the longest line of wrapped text: others end where they are meant to
const FILLED = 0.8; // of the longest line: a shorter one that had room for the next word ends on purpose

const EDGE = 100; // pixels of the window that are not quite in sight

function isWide() {
  return matchMedia('(min-width: 60rem)').matches;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-16 positions of byte offsets: a map for those that are asked for. */
function positions(text, offsets) {
  const bytes = new TextEncoder().encode(text);
  const found = new Map();
  let [from, at] = [0, 0];
  for (const to of offsets.sort((a, b) => a - b)) {
    at += utf8.decode(bytes.subarray(from, to)).length;
    found.set(to, at);
    from = to;
  }
  return found;
}

/** Spans of facts in the body: {id, type, status?, from, to} in UTF-16. */
function spansOf(article) {
  const { facts, body } = article;
  const spans = [];
  const add = (id, type, at, more) => {
    if (at && at.start < at.end) {
      spans.push({ id, type, start: at.start, end: at.end, ...more });
    }
  };
  (facts.outcomes || []).forEach((o) => add(o.id, 'outcome', o.evidence, { status: o.status }));
  (facts.statements || []).forEach((s, i) => add(`s${i + 1}`, 'statement', s.content));
  (facts.talks || []).forEach((t) => t.evidence.forEach((e) => add(t.id, 'talk', e)));
  (facts.participations || []).forEach((p) => add(p.person, 'person', p.evidence));
  const at = positions(body, spans.flatMap((s) => [s.start, s.end]));
  const placed = spans.map((s) => ({ ...s, from: at.get(s.start), to: at.get(s.end) }));
  return [...placed, ...mentions(article, placed)];
}

/** Where people who took no part are first named. */
function mentions({ facts, body }, placed) {
  return (facts.people || []).filter((p) => !placed.some((s) => s.id === p.id)).flatMap((p) => {
    const spellings = [...(p.variants || []), p.name].sort((a, b) => b.length - a.length);
    const spelling = spellings.find((v) => v && body.includes(v));
    const from = spelling ? body.indexOf(spelling) : -1;
    return from < 0 ? [] : [{ id: p.id, type: 'mention', from, to: from + spelling.length }];
  });
}

function paragraph(text, from, spans, seen) {
  const to = from + text.length;
  const here = spans.filter((s) => s.from < to && s.to > from);
  const cuts = [...new Set([from, to, ...here.flatMap((s) => [Math.max(s.from, from), Math.min(s.to, to)])])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(0, -1).map((cut, i) => {
    const run = text.slice(cut - from, cuts[i + 1] - from);
    const over = here.filter((s) => s.from <= cut && s.to >= cuts[i + 1]);
    return over.length ? run && fact(run, over, seen) : run;
  });
}

function fact(run, over, seen) {
  const outcome = over.find((s) => s.type === 'outcome');
  const narrow = [...over].sort((a, b) => a.to - a.from - b.to + b.from); // what a click means
  const classes = [...new Set(over.map((s) => `is-${s.type}`))];
  if (outcome) {
    classes.push(`of-${outcome.status}`);
  }
  const element = h(`span.fact.${classes.join('.')}`, { 'data-facts': narrow.map((s) => s.id).join(' ') }, run);
  for (const { id, type, status: how } of over.filter((s) => !seen.has(s.id))) {
    seen.add(id);
    const { one } = MARKS.find((m) => m.type === type) || { one: 'Named' };
    element.prepend(h('span.anchor', { id: `fact-${id}`, 'data-name': [one, how].filter(Boolean).join(', '), 'data-sign': how && `${STATUSES[how] || STATUSES.open} ` }));
  }
  return element;
}

/** Whether a line that ends where it is full goes on in the next, in a block whose longest line is so long. */
function goesOn(line, next, longest) {
  const [word] = next.trim().split(/\s/);
  return longest >= WRAPPED[0] && longest <= WRAPPED[1] && word !== '' && line.trimEnd().length + 1 + word.length > FILLED * longest;
}

/** The paragraphs of a text, where each begins: lines between blank ones, those of wrapped text as one. */
function paragraphsOf(body) {
  const out = [];
  let from = 0;
  for (const block of body.split(/(?<=\n)(?=[^\S\n]*\n)/)) {
    const lines = block.split(/(?<=\n)/);
    const longest = Math.max(...lines.map((line) => line.trim().length));
    lines.forEach((line, i) => {
      if (i && goesOn(lines[i - 1], line, longest)) {
        out.at(-1).text += line;
      } else {
        out.push({ from, text: line });
      }
      from += line.length;
    });
  }
  return out.filter(({ text }) => text.trim());
}

function bodyOf(article, spans) {
  const seen = new Set();
  return paragraphsOf(article.body).map(({ from, text }) => h('p', { dir: 'auto' }, paragraph(text, from, spans, seen)));
}

/* ---- the list to jump from ---- */

function jump(view, id, placed, ...content) {
  return h('li', placed.has(id)
    ? h('a', { href: view.link({ article: view.state.article, at: id }), 'data-go': 'replace', 'data-jump': id, dir: 'auto' }, content)
    : h('span', { dir: 'auto' }, content));
}

/** Folded where it would stand before all of the text. */
function group(label, items) {
  return items.length ? h('details', { open: isWide() },
    h('summary', h('h2', label, h('span.count', ` ${items.length}`))), h('ul', items)) : null;
}

function talkItems(view, facts, placed) {
  const people = new Map((facts.people || []).map((p) => [p.id, p]));
  return (facts.talks || []).map((t) => {
    const participants = (facts.participations || []).filter((p) => p.talk === t.id)
      .map((p) => ({ name: people.get(p.person)?.name || '', side: p.side, role: p.role }));
    const when = [where(t), date(t.date?.value)].filter(Boolean).join(', ');
    return jump(view, t.id, placed, talkName({ ...t, participants }), when && h('span.note', ` ${when}`));
  });
}

function personItems(view, facts, placed) {
  const roles = new Map((facts.participations || []).map((p) => [p.person, p.role]));
  return [...(facts.people || [])].sort((a, b) => Number(roles.has(b.id)) - Number(roles.has(a.id))).map((p) => {
    const about = [ROLES[roles.get(p.id)], p.side && sideName(p.side)].filter(Boolean).join(', ');
    return jump(view, p.id, placed, p.name, about && h('span.note', ` ${about}`));
  });
}

function outcomeItems(view, facts, placed) {
  const order = Object.keys(STATUSES);
  return [...(facts.outcomes || [])].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map((o) => jump(view, o.id, placed, status(o.status), ' ', title(o.what || '')));
}

function statementItems(view, article, spans, placed) {
  const people = new Map((article.facts.people || []).map((p) => [p.id, p.name]));
  const texts = new Map(spans.filter((s) => s.type === 'statement').map((s) => [s.id, article.body.slice(s.from, s.to)]));
  return (article.facts.statements || []).map((s, i) => {
    const said = texts.get(`s${i + 1}`) || '';
    const who = people.get(s.speaker) || listed((s.speaker || '').split('+').filter(Boolean).map(sideName));
    return jump(view, `s${i + 1}`, placed, who && h('b', `${who} `),
      said.length > SAID ? `${said.slice(0, SAID).trimEnd()}…` : said);
  });
}

function legend(spans, text) {
  const statuses = Object.keys(STATUSES).filter((name) => spans.some((s) => s.status === name));
  const present = MARKS.filter(({ type }) => spans.some((s) => s.type === type));
  return present.length ? h('fieldset.legend', h('legend', 'Marked in the text'),
    present.map(({ type, label }) => [h('label',
      h('input', { type: 'checkbox', checked: true, onchange: (e) => text.classList.toggle(`no-${type}`, !e.target.checked) }),
      h(`span.fact.is-${type}`, label)), type === 'outcome' ? statuses.map(status) : null])) : null;
}

/* ---- the view ---- */

function back(view) {
  return h('p', h('a.back', { href: view.link({}), 'data-go': 'back' }, '← Back to results'));
}

export function showInstead(view, element, heading, ...content) {
  element.setAttribute('aria-labelledby', 'reader-title');
  element.replaceChildren(h('header.reader-head', back(view),
    h('h1', { id: 'reader-title', tabindex: -1 }, heading), content));
}

function head(view, article) {
  return h('header.reader-head',
    back(view),
    h('div', { dir: 'auto' }, // what is said of the article runs as its title does
      h('h1', { id: 'reader-title', tabindex: -1 }, article.title || 'Untitled'),
      meta(article, article.byline, article.source, date(article.published), article.dateline?.place, article.credit)));
}

async function similar(view, element, id) {
  try {
    const { hits } = await view.client.similar(id, { limit: 5, snippets: 0 });
    if (hits.length) {
      element.append(h('h2', 'More like this'), h('ul', hits.map((hit) => h('li',
        toArticle(view, hit), h('span.note', ' ', origin(hit))))));
    }
  } catch {
    // the article stands by itself
  }
}

/** A click on what is marked chooses it, as its entry in the list does. */
function toList(view, target) {
  const run = target.closest('.fact');
  if (run && getSelection().isCollapsed) {
    view.go(view.link({ article: view.state.article, at: run.dataset.facts.split(' ')[0] }), { replace: true });
  }
}

export function showArticle(view, element, article) {
  article.facts = article.facts || {};
  const spans = spansOf(article);
  const placed = new Set(spans.map((s) => s.id));
  const { facts } = article;
  const text = h('div.text', { lang: article.language || null, onclick: (e) => toList(view, e.target) }, bodyOf(article, spans));
  const groups = [
    group('Talks', talkItems(view, facts, placed)),
    group('Outcomes', outcomeItems(view, facts, placed)),
    group('People', personItems(view, facts, placed)),
    group('Statements', statementItems(view, article, spans, placed)),
  ];
  const found = groups.some(Boolean);
  const like = h('section.like');
  const jumps = found ? h('nav.jumps', { 'aria-label': 'Facts in this article' }, legend(spans, text), groups) : null;
  element.setAttribute('aria-labelledby', 'reader-title');
  element.replaceChildren(head(view, article),
    h(`div.reading${found ? '' : '.plain'}`, jumps, text, like));
  similar(view, like, article.id);
}

/** The run that a fact begins with has the focus, and says what it is and all of its text. */
function name(anchor, text) {
  const run = anchor.parentElement;
  document.querySelectorAll('.fact[role]').forEach((e) => ['role', 'aria-label', 'tabindex'].forEach((a) => e.removeAttribute(a)));
  run.role = 'group';
  run.ariaLabel = `${anchor.dataset.name}: ${text}`;
  run.tabIndex = -1;
  run.focus({ preventScroll: true });
}

/** Marks a fact as the one meant and brings it into sight, unless the page is `placed`; false: it is not in the text. */
export function showFact(element, id, placed) {
  element.querySelectorAll('.chosen').forEach((e) => e.classList.remove('chosen'));
  element.querySelectorAll('[aria-current]').forEach((e) => e.removeAttribute('aria-current'));
  const anchor = id && document.getElementById(`fact-${id}`);
  if (!anchor) {
    return false;
  }
  const runs = [...element.querySelectorAll(`.text .fact[data-facts~="${CSS.escape(id)}"]`)];
  runs.forEach((e) => e.classList.add('chosen'));
  const entry = element.querySelector(`[data-jump="${CSS.escape(id)}"]`);
  anchor.classList.add('chosen');
  if (entry) {
    entry.ariaCurrent = 'true';
    if (isWide()) {
      entry.closest('details').open = true;
      entry.scrollIntoView({ block: 'nearest' });
    }
  }
  if (!placed) {
    const { top } = runs[0].getBoundingClientRect();
    if (top < EDGE || top > innerHeight - EDGE) {
      anchor.scrollIntoView({ block: 'center' });
    }
  }
  name(anchor, runs.map((e) => e.textContent).join(' '));
  return true;
}
