// What the results can be narrowed by. Counts of a facet leave out what is chosen of itself, so a reader
// sees what the other values would give.

import { h, refill } from './dom.js';
import { FACETS, FACET_VALUES, count, date, isCountry, kindOf, number } from './names.js';
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
function valuesOf(view, { facet, has }, counts) {
  const chosen = (view.state.chosen[facet] || []).filter(has);
  const known = counts.filter((c) => c.value && has(c.value));
  const gone = chosen.filter((v) => !known.some((c) => c.value === v)).map((value) => ({ value, count: counts.length < FACET_VALUES ? 0 : null }));
  const first = known.filter((c) => chosen.includes(c.value));
  return [...first, ...gone, ...known.filter((c) => !chosen.includes(c.value))].slice(0, FACET_VALUES);
}

function value(view, { facet, key, name }, item, i) {
  const id = `facet-${key}-${i}`;
  const isChosen = (view.state.chosen[facet] || []).includes(item.value);
  return h('li',
    h('input', {
      type: 'checkbox', id, checked: isChosen, 'data-key': `${facet}:${item.value}`,
      onchange: (e) => view.go(choose(view, facet, item.value, e.target.checked)),
    }),
    h('label', { for: id }, h('span.name', { dir: 'auto' }, name(item.value)),
      item.count === null ? null : h('span.count', number(item.count))));
}

function block(view, described, counts, again) {
  const { facet, key, label } = described;
  const values = valuesOf(view, described, counts);
  if (!values.length || (values.length === 1 && !view.state.chosen[facet])) {
    return null;
  }
  const isOpen = open.has(key);
  const shown = isOpen ? values : values.slice(0, FEW);
  return h('fieldset', h('legend', label),
    h('ul', shown.map((item, i) => value(view, described, item, i))),
    values.length > FEW ? h('button.fewer', {
      type: 'button', 'data-key': `more:${key}`, 'aria-expanded': String(isOpen),
      onclick: () => {
        open[isOpen ? 'delete' : 'add'](key);
        again();
      },
    }, isOpen ? 'Fewer' : `${values.length - FEW} more`, h('span.unseen', ` ${label.toLowerCase()}`)) : null);
}

function partsOf(f) {
  return f.facet === 'place'
    ? [{ ...f, key: 'city', label: 'City', has: (v) => !isCountry(v) }, { ...f, key: 'country', label: 'Country of the place', has: isCountry }]
    : [{ ...f, key: f.facet, has: Boolean }];
}

export function showFacets(view, element, facets, kind) {
  const again = () => showFacets(view, element, facets, kind);
  const blocks = FACETS.filter((f) => facets[f.facet]).flatMap(partsOf).map((f) => block(view, f, facets[f.facet], again)).filter(Boolean);
  const chosen = Object.values(view.state.chosen).flat().length;
  const details = element.querySelector('details');
  const isOpen = details ? details.open : matchMedia('(min-width: 60rem)').matches;
  element.hidden = !blocks.length;
  refill(element, h('details', { open: isOpen },
    h('summary', 'Narrow the results', chosen ? h('span.count', ` ${count(chosen, 'filter')}`) : null),
    view.state.kind === 'all' ? h('p.note', `Numbers are of ${kindOf(kind).many}.`) : null, blocks));
}

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
    chips.push(h('a.none', { href: writeState(withState(state, UNFILTERED)) }, 'Clear all'));
  }
  const at = [...element.children].indexOf(document.activeElement);
  element.replaceChildren(...chips);
  element.hidden = !chips.length;
  const next = at >= 0 && (chips[at] || chips.at(-1));
  if (next) {
    next.focus({ preventScroll: true });
  }
}

function chip(href, label, text) {
  return h('a.chip', { href }, h('span.unseen', `Remove ${label}: `), h('bdi', text),
    h('span', { 'aria-hidden': 'true' }, ' ×'));
}

export function rangeText(from, to) {
  if (!from || !to) {
    return from ? `since ${date(from)}` : `until ${date(to)}`;
  }
  return from === to ? date(from) : `${date(from)} – ${date(to)}`;
}
