// When: bars over time, and a range of it to filter by, which is dragged, or moved with the arrow keys.

import { h, svg } from './dom.js';
import { rangeText } from './facets.js';
import { count, counted, date, kindOf, number } from './names.js';
import { paramsOf, withState, writeState } from './state.js';

const HEIGHT = 48;
const BAR_MIN = 5; // pixels; with narrower ones several months share a bar
const BAR_MAX = 40;
const HANDLE = 24; // pixels; the least that a finger finds
const KEY_MS = 250; // rest after a key before the range is searched
const EARLIEST = '1000-01-01'; // of a date that is typed: before, its year is not all there yet
const DAYS_MONTHS = 3; // so few months are shown by day

/** The buckets of a state without its dates; by day where they are few. */
export async function askTimeline(view, options) {
  const { state, client } = view;
  const params = { ...paramsOf(state, { dates: false }), kind: state.kind === 'all' ? '' : state.kind };
  const months = await client.timeline({ ...params, interval: 'month' }, options);
  const { buckets } = months;
  if (buckets.length && monthsBetween(buckets[0].from, buckets.at(-1).from) < DAYS_MONTHS) {
    return client.timeline({ ...params, interval: 'day' }, options);
  }
  return months;
}

function monthsBetween(a, b) {
  return (Number(b.slice(0, 4)) - Number(a.slice(0, 4))) * 12 + Number(b.slice(5, 7)) - Number(a.slice(5, 7));
}

function iso(year, month, day) {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}

/** Buckets without gaps, several months as one where the width asks for it. */
function unitsOf({ buckets, interval }, width) {
  if (!buckets.length) {
    return [];
  }
  const counts = new Map(buckets.map((b) => [b.from, b.count]));
  const first = buckets[0].from;
  const last = buckets.at(-1).from;
  const units = [];
  if (interval === 'day') {
    for (let t = Date.parse(first); t <= Date.parse(last); t += 86400000) {
      const day = new Date(t).toISOString().slice(0, 10);
      units.push({ from: day, to: day, count: counts.get(day) || 0 });
    }
    return units;
  }
  const step = [1, 3, 12, 60].find((s) => (monthsBetween(first, last) + 1) / s * BAR_MIN <= width) || 120;
  const year = Number(first.slice(0, 4));
  const begin = Math.floor((Number(first.slice(5, 7)) - 1) / step) * step - (step > 12 ? (year % (step / 12)) * 12 : 0);
  const end = monthsBetween(`${first.slice(0, 4)}-01`, last);
  for (let m = begin; m <= end; m += step) {
    let sum = 0;
    for (let i = 0; i < step; i++) {
      sum += counts.get(iso(year, m + i, 1)) || 0;
    }
    units.push({ from: iso(year, m, 1), to: iso(year, m + step, 0), count: sum });
  }
  return units;
}

function unitName(unit) {
  if (unit.from === unit.to) {
    return date(unit.from);
  }
  const [a, b] = [unit.from, unit.to];
  if (a.slice(0, 7) === b.slice(0, 7)) {
    return date(a.slice(0, 7));
  }
  return a.slice(5) === '01-01' && b.slice(0, 4) === a.slice(0, 4) ? a.slice(0, 4) : `${date(a.slice(0, 7))} – ${date(b.slice(0, 7))}`;
}

/** From one unit to another: "Oct 2024 – Sept 2025". */
function spanName(a, b) {
  return a === b ? unitName(a) : `${unitName(a).split(' – ')[0]} – ${unitName(b).split(' – ').pop()}`;
}

/** Years, or days, under the bars: as many as fit. */
function axis(units, width) {
  const labels = [];
  const isDaily = units[0].from === units[0].to;
  const step = width / units.length;
  let free = 0;
  units.forEach((unit, i) => {
    const x = i * step + Math.max(0, (step - BAR_MAX) / 2);
    const isNew = isDaily || i === 0 || unit.from.slice(0, 4) !== units[i - 1].from.slice(0, 4);
    const room = isDaily ? 90 : 44;
    if (isNew && x >= free && x + room - 8 <= width) {
      labels.push(svg('text', { x, y: HEIGHT + 14 }, isDaily ? date(unit.from) : unit.from.slice(0, 4)));
      free = x + room;
    }
  });
  return labels;
}

function bars(units, width) {
  const most = Math.max(...units.map((u) => u.count), 1);
  const step = width / units.length;
  return units.map((unit, i) => {
    const height = unit.count ? Math.max(2, (unit.count / most) * (HEIGHT - 4)) : 0;
    return svg('rect.bar-of', {
      x: i * step + Math.max(0.5, (step - BAR_MAX) / 2), y: HEIGHT - height,
      width: Math.min(BAR_MAX, Math.max(1, step - 1)), height,
    });
  });
}

export class Timeline {
  constructor(view, element) {
    this.view = view;
    this.element = element;
    this.data = null;
    this.units = [];
    this.timer = 0;
    this.wanted = null; // the range that keys chose, until it is searched
    this.lo = 0;
    this.hi = 0;
    this.build();
    new ResizeObserver(() => this.data && this.show(this.data)).observe(element);
  }

  build() {
    this.svg = svg('svg', { 'aria-hidden': 'true', height: HEIGHT + 18, width: '100%' });
    this.band = h('div.band');
    this.handles = ['from', 'to'].map((end) => h('div.handle', {
      role: 'slider', tabindex: 0, hidden: true, 'data-end': end, 'aria-label': end === 'from' ? 'First date' : 'Last date',
      onkeydown: (e) => this.key(e, end),
    }));
    this.chart = h('div.chart', { onpointerdown: (e) => this.press(e), onpointermove: (e) => this.point(e), onpointerleave: () => this.units.length && this.tell() },
      this.svg, this.band, this.handles);
    this.label = h('p');
    this.table = h('div.unseen');
    this.fields = ['from', 'to'].map((end) => h('input', {
      type: 'date', id: `date-${end}`, min: EARLIEST, max: '9999-12-31', onchange: () => this.typed(end),
    }));
    this.all = h('button', { type: 'button', hidden: true, onclick: () => this.takeAll() }, 'All dates');
    const [from, to] = this.fields;
    this.element.replaceChildren(h('div.range', h('div.span', this.label, this.all),
      h('div.dates', h('label', { for: from.id }, 'From', h('span.unseen', ' date')), from, h('label', { for: to.id }, 'to', h('span.unseen', ' date')), to)), this.chart, this.table);
  }

  show(data) {
    this.data = data;
    const isBare = !data.buckets.length;
    this.element.hidden = isBare && !this.view.isTyped(); // while one types it keeps its room
    this.element.style.visibility = isBare ? 'hidden' : '';
    if (isBare) {
      return;
    }
    const width = this.chart.clientWidth || 600;
    this.units = unitsOf(data, width);
    this.svg.replaceChildren(...bars(this.units, width), ...axis(this.units, width));
    const { kind } = this.view.state;
    this.kind = kind === 'all' ? 'articles' : kind;
    this.table.replaceChildren(h('table', h('caption', `Timeline of ${kindOf(this.kind).many}`),
      this.units.filter((u) => u.count).map((u) => h('tr', h('th', { scope: 'row' }, unitName(u)), h('td', number(u.count))))));
    this.select(...this.chosen());
    this.fill(this.view.state);
  }

  /** First and last unit of the state's range; outside of all, none at the end that is nearer. */
  chosen() {
    const { from, to } = this.wanted || this.view.state;
    const last = this.units.length - 1;
    if (from > this.units[last].to) {
      return [last, last - 1];
    }
    if (to && to < this.units[0].from) {
      return [0, -1];
    }
    const a = from ? this.units.findIndex((u) => u.to >= from) : 0;
    const b = to ? this.units.findLastIndex((u) => u.from <= to) : last;
    const lo = a < 0 ? last : a;
    return [lo, Math.max(lo, b)];
  }

  select(lo, hi) {
    const { units } = this;
    [this.lo, this.hi] = [lo, hi];
    const ends = hi < lo ? [lo ? 1 : 0, lo ? 1 : 0] : [lo / units.length, (hi + 1) / units.length];
    this.band.style.insetInlineStart = `${ends[0] * 100}%`;
    this.band.style.width = `${(ends[1] - ends[0]) * 100}%`;
    // Of a narrow range one handle is moved away from the other, towards where there is room.
    const apart = Math.max(0, HANDLE - (ends[1] - ends[0]) * this.chart.clientWidth);
    const aside = ends[0] + ends[1] < 1 ? [0, apart] : [-apart, 0];
    this.handles.forEach((handle, i) => {
      handle.hidden = false;
      handle.style.setProperty('--aside', `${aside[i]}px`);
      handle.style.insetInlineStart = `${ends[i] * 100}%`;
      handle.ariaValueMin = '0';
      handle.ariaValueMax = String(units.length - 1);
      const at = i ? Math.max(lo, hi) : lo;
      handle.ariaValueNow = String(at);
      handle.ariaValueText = hi < lo ? `nothing; ${unitName(units[at])} is the nearest` : `${this.counted(at, at)}; ${this.counted(lo, hi)}`;
    });
    this.svg.querySelectorAll('.bar-of').forEach((bar, i) => bar.classList.toggle('out', i < lo || i > hi));
    const whole = lo === 0 && hi === units.length - 1;
    this.element.classList.toggle('narrowed', !whole);
    this.all.hidden = whole && !this.view.state.from && !this.view.state.to;
    this.tell();
  }

  /** "Oct 2024 – Sept 2025: 12 talks". */
  counted(lo, hi) {
    const units = this.units.slice(lo, hi + 1);
    const value = units.reduce((sum, unit) => sum + unit.count, 0);
    const what = this.kind === 'participants' ? count(value, 'mention') : counted({ value }, this.kind); // one may be named in many
    return `${spanName(units[0], units.at(-1))}: ${what}`;
  }

  tell() {
    const { lo, hi } = this;
    const { undated } = this.data;
    const { from, to } = this.wanted || this.view.state;
    const units = hi < lo ? {} : this.range(lo, hi);
    const isState = (from || to) && this.chosen().join() === [lo, hi].join(); // else one that is being chosen
    this.label.textContent = isState && (from !== units.from || to !== units.to) ? rangeText(from, to)
      : this.counted(lo, hi) + (!units.from && undated ? ` · ${number(undated)} undated` : '');
  }

  /** A bar that is pointed at says what it counts; one that is dragged to is told with its range. */
  point(event) {
    if (!event.buttons && this.units.length) {
      const at = this.at(event);
      this.label.textContent = this.counted(at, at);
    }
  }

  /** The fields say the days of a range. One that is being written in is left alone. */
  fill({ from, to }) {
    for (const [field, day] of [[this.fields[0], from], [this.fields[1], to]]) {
      if (field.value !== day && (field !== document.activeElement || field.validity.valid)) {
        field.value = day;
      }
    }
  }

  typed(end) {
    const [from, to] = this.fields.map((field) => (field.validity.valid ? field.value : null));
    if (from === null || to === null) {
      return;
    }
    const turned = from && to && from > to; // the other end is no longer meant
    this.apply({ from: turned && end === 'to' ? '' : from, to: turned && end === 'from' ? '' : to }, { by: 'dates' });
  }

  takeAll() {
    this.handles[0].focus({ preventScroll: true });
    this.apply({ from: '', to: '' });
  }

  /** Units as dates, which stay what they are when the units change. */
  range(lo, hi) {
    const whole = lo === 0 && hi === this.units.length - 1;
    return whole ? { from: '', to: '' } : { from: this.units[lo].from, to: this.units[hi].to };
  }

  apply(range, how) {
    clearTimeout(this.timer);
    this.wanted = null;
    if (range.from !== this.view.state.from || range.to !== this.view.state.to) {
      this.view.go(writeState(withState(this.view.state, range)), how);
    }
  }

  /** Drops what keys chose and nobody has searched yet: the page shows another state. */
  rest() {
    clearTimeout(this.timer);
    this.fill(this.view.state);
    if (this.wanted) {
      this.wanted = null;
      this.select(...this.chosen());
    }
  }

  /** What a hand or a key moves; where nothing is selected, the unit that is nearest. */
  selected() {
    const { lo, hi } = this;
    return hi < lo ? [lo, lo] : [lo, hi];
  }

  /* ---- keys ---- */

  key(event, end) {
    const last = this.units.length - 1;
    const far = Math.max(2, Math.round(this.units.length / 10));
    const [first, final] = this.selected();
    const at = end === 'from' ? first : final;
    const to = {
      ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
      PageDown: at - far, PageUp: at + far, Home: 0, End: last,
    }[event.key];
    if (to === undefined) {
      return;
    }
    event.preventDefault();
    const lo = end === 'from' ? Math.min(Math.max(to, 0), final) : first;
    const hi = end === 'to' ? Math.max(Math.min(to, last), first) : final;
    this.select(lo, hi);
    clearTimeout(this.timer);
    const wanted = this.range(lo, hi);
    this.wanted = wanted;
    this.timer = setTimeout(() => this.apply(wanted, { by: 'keys' }), KEY_MS);
  }

  /* ---- pointer ---- */

  at(event) {
    const box = this.chart.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.min(this.units.length - 1, Math.max(0, Math.floor(share * this.units.length)));
  }

  /** A handle moves its end, the band of a narrowed range moves whole, and anywhere else begins anew. */
  press(event) {
    if (event.button !== 0 || !this.units.length) {
      return;
    }
    event.preventDefault();
    const end = event.target.dataset.end;
    const begin = this.at(event);
    const was = this.selected();
    let moved = false;
    const isBand = event.target === this.band && this.element.classList.contains('narrowed');
    const range = (at) => {
      if (end) {
        return end === 'from' ? [Math.min(at, was[1]), was[1]] : [was[0], Math.max(at, was[0])];
      }
      if (isBand) {
        if (at === begin && !moved) {
          return [at, at]; // a click narrows to what is under it
        }
        const by = Math.min(Math.max(at - begin, -was[0]), this.units.length - 1 - was[1]);
        return [was[0] + by, was[1] + by];
      }
      return [Math.min(begin, at), Math.max(begin, at)];
    };
    const over = new AbortController();
    const { signal } = over;
    const cancel = () => {
      over.abort();
      this.select(...this.chosen());
    };
    this.chart.setPointerCapture(event.pointerId);
    this.chart.addEventListener('pointermove', (e) => {
      moved = moved || this.at(e) !== begin;
      if (moved || !isBand) {
        this.select(...range(this.at(e)));
      }
    }, { signal });
    this.chart.addEventListener('pointerup', (e) => {
      over.abort();
      const chosen = range(this.at(e));
      this.select(...chosen);
      this.apply(this.range(...chosen));
    }, { signal });
    this.chart.addEventListener('pointercancel', cancel, { signal });
    document.addEventListener('keydown', (e) => {
      if (e.key === 'Escape') {
        e.preventDefault();
        e.stopPropagation();
        cancel();
      }
    }, { signal, capture: true });
    if (end) {
      event.target.focus();
    }
  }
}
