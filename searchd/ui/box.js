// <readout-search server="https://HOST">: a search box for any page, of which examples/README.md tells all.

import { Readout, marked, webUrl } from './readout.js';

const STYLE = `
:host { display: block; position: relative; font: 1rem/1.5 var(--readout-font, system-ui); color: var(--readout-ink, CanvasText);
  --soft: var(--readout-soft, light-dark(#5c574e, #b0a99c));
  --paper: var(--readout-paper, Canvas); --rule: var(--readout-rule, #857e70);
  --accent: var(--readout-accent, light-dark(#8c1d18, #f0968c)); overflow-wrap: anywhere }
:host([hidden]), [hidden], .panel:empty { display: none !important }
* { box-sizing: border-box; margin: 0 }
form { display: flex; gap: 4px }
input, button { font: inherit; color: inherit; min-height: 2.6rem }
input, button, .list, .panel { border: 1px solid var(--rule); border-radius: var(--readout-radius, 4px); background: var(--paper) }
input { flex: 1; min-width: 0; padding: 0 2.9rem 0 .8rem }
:host(:dir(rtl)) input { padding: 0 .8rem 0 2.9rem }
::placeholder { color: var(--soft); opacity: 1 }
button { padding: 0 1rem; cursor: pointer; background: var(--accent); border-color: var(--accent); color: var(--readout-on-accent, Canvas) }
.clear { margin-inline-start: -2.9rem; background: none; border-color: transparent; color: var(--soft) }
:placeholder-shown + .clear { display: none }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.list, .panel { position: absolute; inset-inline: 0; z-index: 9; max-height: 75vh; overflow: auto; margin-top: 4px; padding: .3rem 0; box-shadow: 0 8px 24px #0003 }
.list { z-index: 10 }
.option { display: flex; justify-content: space-between; gap: 1rem; padding: .35rem .8rem; cursor: pointer }
.option[aria-selected=true], .option:hover { background: var(--readout-sunk, #8882) }
.option[aria-selected=true] { outline: 2px solid var(--accent); outline-offset: -2px }
.note, .meta, .kind, .found { color: var(--soft); font-size: .86em }
.note { white-space: nowrap }
.panel { padding: .3rem .8rem }
:host([panel]) .panel { position: static; max-height: none; box-shadow: none }
[aria-busy=true] { opacity: .86 }
.hits { list-style: none; padding: 0 }
.hit, .foot { padding-block: .6rem }
.hit + .hit, .foot { border-top: 1px solid #8886 }
.title, .status, button { font-weight: 600 }
.agreed, .reaffirmed { color: light-dark(#1b6237, #7fd19c) }
.declined, .rejected, .denied { color: var(--accent) }
a, mark { color: inherit }
mark { background: var(--readout-mark, light-dark(#fbe9a9, #5a4a12)) }
.unseen { position: absolute; clip-path: inset(50%) }
`;
/** What `labels` may say otherwise: "one|more", {n} is what or how many. */
const WORDS = {
  article: 'Article', talk: 'Talks', participant: 'Person', outcome: 'Outcome', statement: 'Statement',
  search: 'Search', clear: 'Clear', suggestions: 'Suggestions', articles: '{n} article|{n} articles',
  results: '{n} result|{n} results', all: 'All {n} results', none: 'Nothing found.', untitled: 'Untitled',
  missing: 'Not found: {n}', relaxed: 'Not required: {n}', any: 'Any word is enough', meant: 'Did you mean: ', searching: 'Searching…',
  unreachable: 'The search cannot be reached just now.',
};
const REST_MS = 60; // after a key before anything is asked
const SLOW_MS = 400; // then a search is said to go on
const ANSWER_MS = 30000; // and no longer waited for
const quoted = (words) => words.map((w) => `“${w}”`).join(', ');

function h(tag, name, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries({ class: name, part: name, ...props })) {
    if (value) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter(Boolean));
  return element;
}

const names = (list = []) => list.map((a) => a.name).join(', ');
const found = (what) => h('p', 'found', {}, what);

export class ReadoutSearch extends HTMLElement {
  static observedAttributes = ['server', 'key', 'label', 'labels', 'lang', 'placeholder', 'value'];

  constructor() {
    super();
    this.asked = {}; // by what for
    this.words = {};
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.input = h('input', 'input', {
      role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'list',
      autocomplete: 'off', spellcheck: 'false', dir: 'auto', enterkeyhint: 'search', maxlength: '2000',
    });
    this.list = h('div', 'list', { id: 'list', role: 'listbox' });
    this.reset = h('button', 'clear', { type: 'reset' }, '×');
    this.button = h('button', 'button');
    this.form = h('form', 'form', { role: 'search' }, this.input, this.reset, this.button);
    this.live = h('p', 'unseen', { role: 'status' });
    this.panel = h('div', 'panel', { tabindex: -1 });
    root.append(h('slot', '', { name: 'before' }), this.form, this.live, this.list, this.panel);
    this.input.oninput = () => this.typed();
    this.input.onkeydown = (event) => this.key(event);
    this.input.onblur = () => this.close();
    this.input.onfocus = () => { this.panel.hidden = false; };
    this.addEventListener('focusout', ({ relatedTarget: to }) => { // an overlay goes with the focus
      this.panel.hidden = !(this.contains(to) || document.activeElement === this || this.own('panel'));
    });
    this.list.onmousedown = (event) => event.preventDefault();
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.submit(this.input.value);
    };
    this.form.onreset = () => this.dismiss();
    this.panel.onkeydown = ({ key }) => key !== 'Escape' || this.dismiss();
    this.close();
    this.attributeChangedCallback();
  }

  attributeChangedCallback(name, _, value) {
    if (name === 'value') {
      this.input.value = value || '';
    }
    if (name === 'labels') {
      this.words = JSON.parse(value || '{}');
    }
    this.input.placeholder = this.own('placeholder') || ' '; // while it shows there is nothing to clear
    this.tongue = this.lang || 'en-GB';
    this.button.textContent = this.say('search');
    this.input.ariaLabel = this.form.ariaLabel = this.own('label') || this.say('search');
    this.reset.ariaLabel = this.say('clear');
    this.list.ariaLabel = this.say('suggestions');
    this.api = null;
  }

  say(name, n = '') {
    const text = this.words[name] ?? WORDS[name] ?? name ?? '';
    return text.split('|').at(n === 1 ? 0 : -1).replace('{n}', () => n.toLocaleString(this.tongue));
  }

  /** A search goes on: the box may only be moved. */
  disconnectedCallback() {
    this.close();
  }

  own(name) {
    return this.getAttribute(name) || '';
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
  }

  get client() {
    this.api ||= new Readout({ server: this.own('server') || new URL('.', import.meta.url), key: this.own('key') });
    return this.api;
  }

  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`readout-${name}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  typed() {
    this.text = this.input.value;
    clearTimeout(this.timer);
    if (this.text.trim()) {
      this.show(this.options.filter((o) => o.text.toLowerCase().startsWith(this.text.toLowerCase())));
      this.timer = setTimeout(() => this.suggest(), REST_MS);
    } else {
      this.close();
    }
  }

  /** The one before is given up. */
  begin(what) {
    this.asked[what]?.abort();
    this.asked[what] = new AbortController();
    return { signal: AbortSignal.any([this.asked[what].signal, AbortSignal.timeout(ANSWER_MS)]) };
  }

  async suggest() {
    const options = this.begin('suggest');
    try {
      const q = this.text;
      const articles = /^(all|articles)?$/.test(this.own('kind')); // else titles and counts mislead
      const { suggestions } = await this.client.suggest({ q, filter: articles && this.own('filter'), limit: 7 }, options);
      if (q === this.text && this.active < 0) {
        this.show(suggestions.filter((s) => articles || s.kind !== 'title')
          .map((s) => ({ ...s, count: articles && s.kind !== 'place' && s.count })));
      }
    } catch {
      // the search tells what is wrong
    }
  }

  show(suggestions) {
    this.options = suggestions;
    this.list.replaceChildren(...suggestions.map((s, i) => {
      const element = h('div', 'option', { role: 'option', id: `o${i}` },
        h('span', '', { dir: 'auto' }, marked(s.text, s.highlights)),
        h('bdi', 'note', {}, s.id ? this.say('article') : s.count && this.say('articles', s.count)));
      element.onclick = () => this.choose(i);
      return element;
    }));
    this.point(-1);
    this.list.hidden = !suggestions.length;
    this.input.ariaExpanded = !this.list.hidden;
  }

  close() {
    clearTimeout(this.timer);
    this.text = ''; // what is under way is of another
    this.show([]);
  }

  /** Tells which row is meant; -1: none. */
  point(to) {
    const row = this.list.children[to];
    this.active = to;
    [...this.list.children].forEach((r) => { r.ariaSelected = r === row; });
    this.input.setAttribute('aria-activedescendant', row?.id || '');
    row?.scrollIntoView({ block: 'nearest' });
  }

  activate(to) {
    this.point(to);
    const option = this.options[to];
    this.input.value = option && !option.id ? option.text : this.text;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) {
      return;
    }
    if (step) {
      event.preventDefault();
      const rows = this.options.length + 1; // and what was typed
      if (this.list.hidden) {
        this.typed();
      } else {
        this.activate(((this.active + 1 + step + rows) % rows) - 1);
      }
    } else if (event.key === 'Escape' && this.list.hidden) {
      this.dismiss();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.activate(-1);
      this.close();
    } else if (event.key === 'Enter' && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    }
  }

  choose(i) {
    const option = this.options[i];
    this.close();
    if (option.id) {
      this.select({ ...option, kind: 'article', title: option.text });
    } else {
      this.input.value = option.text;
      this.submit(option.text);
    }
  }

  select(hit) {
    const href = this.linkOf(hit);
    if (this.tell('select', { hit, href })) {
      location.assign(href);
    }
  }

  linkOf(hit) {
    const own = this.own('links') !== 'page' && webUrl(hit.url);
    return own || this.page(hit.article ? { article: hit.article, at: hit.id.split('#').pop() } : { article: hit.id });
  }

  page(params) {
    return `${this.client.server}?${new URLSearchParams(params)}`;
  }

  submit(q) {
    this.close();
    const results = this.own('results');
    if (!q.trim()) {
      this.dismiss();
    } else if (this.tell('query', { q }) && results !== 'none') {
      if (results === 'page') {
        location.assign(this.all(q));
      } else {
        this.search(q);
      }
    }
  }

  all(q) {
    return this.page({ q, kind: this.own('kind'), filter: this.own('filter') });
  }

  dismiss() {
    this.close();
    this.begin('search');
    this.live.textContent = '';
    this.fill();
    this.input.focus();
  }

  async search(q) {
    const options = this.begin('search');
    const slow = setTimeout(() => this.wait(), SLOW_MS);
    this.input.value = q;
    try {
      const answer = await this.client.search({
        q, kind: this.own('kind') || 'all', filter: this.own('filter'), limit: this.own('limit') || 6, snippets: 1,
      }, options);
      this.showPanel(q, answer);
      this.tell('results', { q, answer });
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.failed(error);
      }
    } finally {
      clearTimeout(slow);
    }
  }

  wait() {
    this.live.textContent = this.say('searching');
    if (!this.panel.firstChild) {
      this.fill(found(this.live.textContent));
    }
    this.panel.ariaBusy = true;
  }

  fill(...content) {
    this.panel.ariaBusy = null;
    this.panel.replaceChildren(...content);
    this.panel.hidden = false;
    this.querySelectorAll(':scope > [slot^=hit-]').forEach((old) => old.remove());
  }

  notes({ match, corrected = [], relaxed, missing, did_you_mean: meant }) {
    const told = [...missing, ...corrected.map((c) => c.word)];
    const left = relaxed.filter((word) => !told.includes(word));
    const link = h('a', '', { href: this.all(meant), dir: 'auto' }, meant);
    link.onclick = (event) => {
      event.preventDefault();
      this.submit(meant);
    };
    return [
      ...corrected.map((c) => `${quoted([c.word])} → ${quoted(c.into.slice(0, 3))}`),
      missing.length && this.say('missing', quoted(missing)),
      left.length && this.say(match === 'any' ? 'any' : 'relaxed', quoted(left)),
      meant && !corrected.length && h('span', '', {}, this.say('meant'), link),
    ].filter(Boolean).map(found);
  }

  showPanel(q, answer) {
    const { value, relation } = answer.total;
    const n = relation === 'gte' ? `${value.toLocaleString(this.tongue)}+` : value;
    const hits = answer.hits.slice(0, this.own('limit') || 6);
    const notes = this.notes(answer.query);
    this.fill();
    this.panel.append(...notes, hits.length
      ? h('ul', 'hits', {}, ...hits.map((hit, i) => this.hit(hit, i)))
      : h('slot', '', { name: 'empty' }, found(this.say('none'))),
    h('slot', '', { name: 'foot' }, hits.length < value && h('p', 'foot', {}, h('a', '', { href: this.all(q) }, this.say('all', n)))));
    this.live.textContent = [this.say(value ? 'results' : 'none', n), ...notes.map((n) => n.textContent)].join('. ').replace('..', '.');
  }

  sideName(code) {
    return /^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames(this.tongue, { type: 'region' }).of(code) : code;
  }

  dayOf(text) {
    return text?.length > 9
      ? new Date(text.slice(0, 10)).toLocaleDateString(this.tongue, { dateStyle: 'medium', timeZone: 'UTC' }) : text;
  }

  titleOf(hit) {
    const sides = (hit.sides || []).map((side) => this.sideName(side)).concat(hit.parties || []);
    const own = {
      talk: sides.length > 1 ? sides.join(' – ') : names(hit.participants?.slice(0, 4)),
      participant: hit.name,
      outcome: hit.what?.replace(/^./u, (first) => first.toUpperCase()),
      statement: names(hit.speaker),
    }[hit.kind];
    return own || hit.title || this.say('untitled');
  }

  about(hit) {
    const own = {
      talk: [hit.place?.city || this.sideName(hit.place?.country), this.dayOf(hit.date?.value)],
      participant: [hit.role !== 'mentioned' && this.say(hit.role), this.sideName(hit.side)],
      outcome: [this.say(hit.status), names(hit.by)],
    }[hit.kind] || [];
    return [...new Set([...own, hit.source, this.dayOf(hit.published)])].filter(Boolean);
  }

  fieldsOf(hit) {
    const snippet = hit.snippets?.[0] || { text: '' };
    return {
      ...hit, title: this.titleOf(hit), article_title: hit.title, kind: this.say(hit.kind), meta: this.about(hit).join(' · '),
      snippet: snippet.text, marks: { snippet: snippet.highlights, title: hit.kind === 'article' && hit.title_highlights },
    };
  }

  hit(hit, i) {
    const fields = this.fieldsOf(hit);
    const own = this.querySelector(`template[slot=hit][data-kind="${hit.kind}"]`)
      || this.querySelector('template[slot=hit]:not([data-kind])');
    const item = h('li', 'hit', { lang: hit.language, dir: own ? '' : 'auto' },
      ...(own ? [h('slot', '', { name: `hit-${i}` })] : this.plain(hit, fields)));
    if (own) { // in the page's own tree, for its styles
      this.append(h('div', '', { slot: `hit-${i}` }, this.filled(own, hit, fields)));
    }
    item.onclick = (event) => {
      const link = event.target.closest('a');
      if (link && !this.tell('select', { hit, href: link.href })) {
        event.preventDefault();
      }
    };
    return item;
  }

  /** Runs as its title does: `bdi` stands apart. */
  plain(hit, { kind, title, snippet, marks }) {
    const about = this.about(hit).flatMap((text, i) => [i && ' · ', h('bdi', text === this.say(hit.status) && `status ${hit.status}`, {}, text)]);
    return [
      h('p', 'kind', {}, h('bdi', '', {}, kind)),
      h('p', 'title', {}, h('a', '', { href: this.linkOf(hit) }, marked(title, marks.title))),
      snippet && h('p', 'snippet', {}, marked(snippet, marks.snippet)),
      about.length && h('p', 'meta', {}, ...about),
    ];
  }

  filled(template, hit, fields) {
    const out = template.content.cloneNode(true);
    for (const element of out.querySelectorAll('[data-text], [data-marked]')) {
      const { text, marked: name = text } = element.dataset;
      element.replaceChildren(marked(String(fields[name] ?? ''), text ? [] : fields.marks[name]));
    }
    for (const element of out.querySelectorAll('[data-link]')) {
      element.href = this.linkOf(hit);
    }
    return out;
  }

  failed(error) {
    const text = error.status < 500 ? error.message : this.say('unreachable');
    this.close();
    this.live.textContent = text;
    this.fill(found(text));
    this.tell('error', { error });
  }
}

if (!customElements.get('readout-search')) {
  customElements.define('readout-search', ReadoutSearch);
}
