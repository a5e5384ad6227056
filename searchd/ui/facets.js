// @ts-check
// What the results can be narrowed by. Counts of a facet leave out what is chosen of itself, so a reader
// sees what the other values would give.

import { h, refill } from './dom.js';
import { FACETS, FACET_VALUES, count, date, number } from './names.js';
import { UNFILTERED, withState, writeState } from './state.js';

const FEW = 6; // values shown of a facet at first
const open = new Set(); // facets of which more are shown

function choose(view, facet, value, on) {
  const others = (view.state.chosen[facet] || []).filter((v) => v !== value);
  const values = on ? [...others, value] : others;
  const chosen = { ...view.state.chosen, [facet]: values };
  if (!values.length) {
    delete chosen[facet];
  }
  return writeState(withState(view.state, { chosen }));
}

/** Values with counts; those chosen stay, even where nothing has them any more, or too few to be told. */
function valuesOf(view, facet, counts) {
  const chosen = view.state.chosen[facet] || [];
  const known = counts.filter((c) => c.value);
  const gone = chosen.filter((v) => !known.some((c) => c.value === v)).map((value) => ({ value, count: counts.length < FACET_VALUES ? 0 : null }));
  const first = known.filter((c) => chosen.includes(c.value));
  return [...first, ...gone, ...known.filter((c) => !chosen.includes(c.value))].slice(0, FACET_VALUES);
}

function value(view, { facet, name }, item, i) {
  const id = `facet-${facet}-${i}`;
  const isChosen = (view.state.chosen[facet] || []).includes(item.value);
  return h('li',
    h('input', {
      type: 'checkbox', id, checked: isChosen, 'data-key': `${facet}:${item.value}`,
      onchange: (e) => view.go(choose(view, facet, item.value, e.target.checked)),
    }),
    h('label', { for: id }, h('span.name', { dir: 'auto' }, name(item.value)),
      view.state.kind === 'all' || item.count === null ? null : h('span.count', number(item.count)))); // of all kinds nobody counted them
}

function block(view, described, counts, again) {
  const values = valuesOf(view, described.facet, counts);
  if (!values.length || (values.length === 1 && !view.state.chosen[described.facet])) {
    return null;
  }
  const isOpen = open.has(described.facet);
  const shown = isOpen ? values : values.slice(0, FEW);
  return h('fieldset', h('legend', described.label),
    h('ul', shown.map((item, i) => value(view, described, item, i))),
    values.length > FEW ? h('button.fewer', {
      type: 'button', 'data-key': `more:${described.facet}`, 'aria-expanded': String(isOpen),
      onclick: () => {
        open[isOpen ? 'delete' : 'add'](described.facet);
        again();
      },
    }, isOpen ? 'Fewer' : `${values.length - FEW} more`, h('span.unseen', ` ${described.label.toLowerCase()}`)) : null);
}

/** Shows the facets of an answer. */
export function showFacets(view, element, facets) {
  const again = () => showFacets(view, element, facets);
  const blocks = FACETS.filter((f) => facets[f.facet]).map((f) => block(view, f, facets[f.facet], again)).filter(Boolean);
  const chosen = Object.values(view.state.chosen).flat().length;
  const details = element.querySelector('details');
  const isOpen = details ? details.open : matchMedia('(min-width: 60rem)').matches;
  element.hidden = !blocks.length;
  refill(element, h('details', { open: isOpen },
    h('summary', 'Narrow the results', chosen ? h('span.count', ` ${count(chosen, 'filter')}`) : null), blocks));
}

/** What is chosen, each with a way to take it back. */
export function showChosen(view, element) {
  const { state } = view;
  const chips = FACETS.flatMap(({ facet, name, label }) => (state.chosen[facet] || []).map((v) =>
    chip(choose(view, facet, v, false), label, name(v))));
  if (state.from || state.to) {
    chips.push(chip(writeState(withState(state, { from: '', to: '' })), 'Dates', rangeText(state.from, state.to)));
  }
  if (state.filter) {
    chips.push(chip(writeState(withState(state, { filter: '' })), 'Filter', state.filter));
  }
  if (chips.length > 1) {
    chips.push(h('a.none', { href: writeState(withState(state, UNFILTERED)), 'data-go': true }, 'Clear all'));
  }
  const at = [...element.children].indexOf(document.activeElement);
  element.replaceChildren(...chips);
  element.hidden = !chips.length;
  const next = at >= 0 && (chips[at] || chips[chips.length - 1]);
  if (next) {
    next.focus({ preventScroll: true });
  }
}

function chip(href, label, text) {
  return h('a.chip', { href, 'data-go': true }, h('span.unseen', `Remove ${label}: `), h('bdi', text),
    h('span', { 'aria-hidden': 'true' }, ' ×'));
}

export function rangeText(from, to) {
  if (!from || !to) {
    return from ? `since ${date(from)}` : `until ${date(to)}`;
  }
  return from === to ? date(from) : `${date(from)} – ${date(to)}`;
}
