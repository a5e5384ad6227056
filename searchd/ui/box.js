// @ts-check
// <readout-search server="https://HOST">: a search box with suggestions and a panel of results, for any page.
// Attributes, events, parts, slots and colours: examples/README.md.

import { Readout, marked, webUrl } from './readout.js';

const STYLE = `
:host { display: block; position: relative; font: 1rem/1.5 var(--readout-font, system-ui, sans-serif); color: var(--ink);
  --ink: var(--readout-ink, light-dark(#1d1b18, #ece8df)); --soft: var(--readout-soft, light-dark(#5c574e, #b0a99c));
  --paper: var(--readout-paper, light-dark(#fff, #1f1e1b)); --rule: var(--readout-rule, #857e70);
  --sunk: var(--readout-sunk, light-dark(#f4f1ea, #2c2a25)); --accent: var(--readout-accent, light-dark(#8c1d18, #f0968c));
  --on: var(--readout-on-accent, light-dark(#fff, #2a0f0c)); --mark: var(--readout-mark, light-dark(#fbe9a9, #5a4a12));
  --line: color-mix(in srgb, var(--rule) 40%, transparent); --round: var(--readout-radius, 4px); overflow-wrap: anywhere; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
form { display: flex; gap: 4px; position: relative; }
input, button { font: inherit; color: inherit; border: 1px solid var(--rule); border-radius: var(--round); min-height: 2.6rem; }
input { flex: 1; min-width: 0; padding: 0 .8rem; background: var(--paper); }
input::placeholder { color: var(--soft); opacity: 1; }
button { padding: 0 1rem; cursor: pointer; background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.list { position: absolute; inset-inline: 0; inset-block-start: calc(100% + 4px); z-index: 10; padding: .3rem 0; background: var(--paper); border: 1px solid var(--rule); border-radius: var(--round); box-shadow: 0 8px 24px rgb(0 0 0 / .16); max-height: 24rem; overflow-y: auto; }
.option { display: flex; justify-content: space-between; gap: 1rem; padding: .35rem .8rem; cursor: pointer; }
.option[aria-selected=true], .option:hover { background: var(--sunk); }
.option[aria-selected=true] { box-shadow: inset 3px 0 0 var(--accent); }
.note, .meta, .kind, .found { color: var(--soft); font-size: .86em; }
.note { white-space: nowrap; }
.panel { margin-block-start: .8rem; }
.hits { list-style: none; padding: 0; }
.hit { padding-block: .7rem; border-block-start: 1px solid var(--line); }
.title { font-weight: 600; font-size: 1.05em; }
a { color: inherit; text-decoration-thickness: 1px; }
a:hover { color: var(--accent); }
mark { background: var(--mark); color: inherit; }
.foot { padding-block: .6rem; border-block-start: 1px solid var(--line); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
const KINDS = { article: 'Article', talk: 'Talks', participant: 'Person', outcome: 'Outcome', statement: 'Statement' };
const PATHS = { all: 'answers', articles: 'search' };
const REST_MS = 60; // after a key before anything is asked
const SUGGESTED = 7;
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

function sideName(code) {
  const own = { EU: 'European Union', UN: 'United Nations' }[code];
  return own || (/^[A-Z]{2}$/.test(code) ? regions.of(code) || code : code);
}

function h(tag, name, props = {}, ...children) {
  const element = document.createElement(tag);
  if (name) {
    element.className = name;
    element.setAttribute('part', name);
  }
  for (const [key, value] of Object.entries(props)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter((c) => c || c === 0));
  return element;
}

/** What a hit is called, by its kind. */
function titleOf(hit) {
  const names = (list) => list.map((a) => a.name).join(', ');
  switch (hit.kind) {
    case 'talk': {
      const sides = [...hit.sides.map(sideName), ...hit.parties];
      const people = names(hit.participants.slice(0, 4));
      return sides.length > 1 ? sides.join(' – ') : people || hit.title;
    }
    case 'participant':
      return hit.name;
    case 'outcome':
      return hit.what || hit.title;
    case 'statement':
      return names(hit.speaker) || hit.title;
    default:
      return hit.title || 'Untitled';
  }
}

function metaOf(hit) {
  const own = {
    talk: () => [hit.place && (hit.place.city || sideName(hit.place.country || '')), hit.date.value],
    participant: () => [hit.role === 'mentioned' ? '' : hit.role, hit.side && sideName(hit.side)],
    outcome: () => [hit.status, hit.by.map((a) => a.name).join(', ')],
  }[hit.kind];
  return [...(own ? own() : []), hit.source, (hit.published || '').slice(0, 10)].filter(Boolean);
}

/** The fields that templates may name. */
function fieldsOf(hit) {
  const snippet = (hit.snippets || [])[0] || { text: '' };
  return {
    ...Object.fromEntries(Object.entries(hit).filter(([, v]) => typeof v === 'string' || typeof v === 'number')),
    title: titleOf(hit), article_title: hit.title, kind: KINDS[hit.kind] || hit.kind, meta: metaOf(hit).join(' · '),
    snippet: snippet.text, marks: { snippet: snippet.highlights, title: hit.title_highlights },
  };
}

export class ReadoutSearch extends HTMLElement {
  static get observedAttributes() {
    return ['server', 'key', 'label', 'placeholder', 'value'];
  }

  constructor() {
    super();
    this.options = [];
    this.active = -1;
    this.asked = new AbortController();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.input = h('input', 'input', {
      type: 'text', role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'list',
      autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', dir: 'auto', enterkeyhint: 'search', maxlength: '2000',
    });
    this.list = h('div', 'list', { id: 'list', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
    this.form = h('form', 'form', { role: 'search' }, this.input, h('button', 'button', { type: 'submit' }, 'Search'), this.list);
    this.live = h('p', 'unseen', { role: 'status' });
    this.panel = h('div', 'panel', { hidden: true });
    root.append(h('slot', '', { name: 'before' }), this.form, this.live, this.panel);
    this.listen();
  }

  attributeChangedCallback(name, _, value) {
    if (name === 'placeholder') {
      this.input.placeholder = value || '';
    } else if (name === 'label') {
      this.input.setAttribute('aria-label', value || 'Search');
    } else if (name === 'value') {
      this.input.value = value || '';
    }
    this.api = null;
  }

  connectedCallback() {
    this.input.setAttribute('aria-label', this.getAttribute('label') || 'Search');
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asked.abort();
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
  }

  get client() {
    if (!this.api) {
      const server = new URL(this.getAttribute('server') || new URL('.', import.meta.url).href, document.baseURI);
      this.api = new Readout({ server, key: this.getAttribute('key') || '' });
    }
    return this.api;
  }

  listen() {
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('blur', () => this.close());
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit(this.input.value);
    });
  }

  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`readout-${name}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  /* ---- suggestions ---- */

  typed() {
    this.text = this.input.value;
    clearTimeout(this.timer);
    if (this.text.trim()) {
      if (!this.list.hidden) {
        this.show(this.options.filter((o) => o.text.toLowerCase().startsWith(this.text.toLowerCase())));
      }
      this.timer = setTimeout(() => this.suggest(), REST_MS);
    } else {
      this.close();
    }
  }

  begin() {
    this.asked.abort();
    this.asked = new AbortController();
    return { signal: this.asked.signal };
  }

  async suggest() {
    const options = this.begin();
    try {
      const q = this.text;
      const { suggestions } = await this.client.suggest({ q, limit: SUGGESTED }, options);
      if (q === this.text && this.active < 0) {
        this.show(suggestions);
      }
    } catch {
      // the search tells what is wrong
    }
  }

  show(suggestions) {
    this.options = suggestions;
    this.active = -1;
    this.input.removeAttribute('aria-activedescendant');
    this.list.replaceChildren(...suggestions.map((s, i) => {
      const isTitle = s.kind === 'title';
      const element = h('div', 'option', { role: 'option', id: `o${i}`, 'aria-selected': 'false' },
        h('span', '', { dir: 'auto' }, isTitle ? marked(s.text, s.highlights) : s.text),
        h('span', 'note', {}, isTitle ? 'article' : `${s.count} ${s.count === 1 ? 'article' : 'articles'}`));
      element.addEventListener('click', () => this.choose(i));
      return element;
    }));
    this.list.hidden = !suggestions.length;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
  }

  close() {
    clearTimeout(this.timer);
    this.text = ''; // what is under way is of another
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  activate(to) {
    const rows = [...this.list.children];
    this.active = to;
    rows.forEach((row, i) => row.setAttribute('aria-selected', String(i === to)));
    this.input.value = to >= 0 && this.options[to].kind === 'word' ? this.options[to].text : this.text;
    if (to >= 0) {
      this.input.setAttribute('aria-activedescendant', rows[to].id);
      rows[to].scrollIntoView({ block: 'nearest' });
    } else {
      this.input.removeAttribute('aria-activedescendant');
    }
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) {
      return;
    }
    if (step) {
      event.preventDefault();
      const rows = this.options.length + 1; // and the text as typed
      if (this.list.hidden) {
        this.typed();
      } else {
        this.activate(((this.active + 1 + step + rows) % rows) - 1);
      }
    } else if (event.key === 'Escape' && !this.list.hidden) {
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
    if (option.kind === 'title') {
      this.select({ kind: 'article', id: option.id, title: option.text });
    } else {
      this.input.value = option.text;
      this.submit(option.text);
    }
  }

  /** Goes where the hit leads, unless the page prevents it. */
  select(hit) {
    const href = this.linkOf(hit);
    if (this.tell('select', { hit, href })) {
      location.assign(href);
    }
  }

  linkOf(hit) {
    const own = this.getAttribute('links') === 'page' ? '' : webUrl(hit.url);
    if (own) {
      return own;
    }
    const at = hit.article ? `&at=${encodeURIComponent(hit.id.slice(hit.id.lastIndexOf('#') + 1))}` : '';
    return `${this.client.server}?article=${encodeURIComponent(hit.article || hit.id)}${at}`;
  }

  /* ---- results ---- */

  submit(q) {
    this.close();
    if (!this.tell('query', { q }) || this.getAttribute('results') === 'none') {
      return;
    }
    if (this.getAttribute('results') === 'page') {
      location.assign(`${this.client.server}?q=${encodeURIComponent(q)}`);
    } else {
      this.search(q);
    }
  }

  /** Searches and shows the panel. */
  async search(q) {
    const kind = this.getAttribute('kind') || 'all';
    const options = this.begin();
    this.input.value = q;
    try {
      const answer = await this.client.get(PATHS[kind] || kind, {
        q, filter: this.getAttribute('filter'), limit: this.getAttribute('limit') || 6, snippets: 1,
      }, options);
      this.showPanel(q, kind, answer);
      this.tell('results', { q, answer });
    } catch (error) {
      this.failed(error, options.signal);
    }
  }

  showPanel(q, kind, answer) {
    const { value, relation } = answer.total;
    const found = `${value.toLocaleString('en')}${relation === 'gte' ? ' or more' : ''} ${value === 1 ? 'result' : 'results'}`;
    const page = `${this.client.server}?q=${encodeURIComponent(q)}${kind === 'all' ? '' : `&kind=${kind}`}`;
    const hits = answer.hits.slice(0, Number(this.getAttribute('limit')) || 6);
    this.panel.hidden = false;
    this.querySelectorAll(':scope > [slot^=hit-]').forEach((old) => old.remove());
    this.live.textContent = value ? found : 'Nothing found';
    this.panel.replaceChildren(hits.length
      ? h('ul', 'hits', {}, ...hits.map((hit, i) => this.hit(hit, i)))
      : h('slot', '', { name: 'empty' }, h('p', 'found', {}, 'Nothing found.')),
    h('slot', '', { name: 'foot' }, hits.length < value && h('p', 'foot', {}, h('a', '', { href: page }, `All ${found}`))));
  }

  hit(hit, i) {
    const fields = fieldsOf(hit);
    const own = this.querySelector(`template[slot=hit][data-kind="${CSS.escape(hit.kind)}"]`)
      || this.querySelector('template[slot=hit]:not([data-kind])');
    const item = h('li', 'hit', { lang: hit.language || null },
      own ? h('slot', '', { name: `hit-${i}` }) : this.plain(hit, fields));
    if (own) { // in the page's own tree, for its styles
      const filled = h('div', '', { slot: `hit-${i}` });
      filled.append(this.filled(own, hit, fields));
      this.append(filled);
    }
    item.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('a');
      if (link && !this.tell('select', { hit, href: link.getAttribute('href') })) {
        event.preventDefault();
      }
    });
    return item;
  }

  plain(hit, fields) {
    const out = document.createDocumentFragment();
    out.append(h('p', 'kind', {}, fields.kind),
      h('p', 'title', { dir: 'auto' }, h('a', '', { href: this.linkOf(hit) },
        hit.kind === 'article' ? marked(fields.title, fields.marks.title) : fields.title)));
    if (fields.snippet) {
      out.append(h('p', 'snippet', { dir: 'auto' }, marked(fields.snippet, fields.marks.snippet)));
    }
    if (fields.meta) {
      out.append(h('p', 'meta', {}, h('bdi', '', {}, fields.meta)));
    }
    return out;
  }

  filled(template, hit, fields) {
    const out = template.content.cloneNode(true);
    for (const element of out.querySelectorAll('[data-text]')) {
      element.textContent = fields[element.dataset.text] ?? '';
    }
    for (const element of out.querySelectorAll('[data-marked]')) {
      const name = element.dataset.marked;
      element.replaceChildren(marked(String(fields[name] ?? ''), fields.marks[name]));
    }
    for (const element of out.querySelectorAll('[data-link]')) {
      element.setAttribute('href', this.linkOf(hit));
    }
    return out;
  }

  failed(error, signal) {
    if (signal.aborted) {
      return;
    }
    this.close();
    this.panel.hidden = false;
    this.live.textContent = 'The search did not work';
    const why = error instanceof TypeError ? 'The search cannot be reached just now.' : String(error.message || error);
    this.panel.replaceChildren(h('p', 'found', {}, why));
    this.tell('error', { error });
  }
}

if (!customElements.get('readout-search')) {
  customElements.define('readout-search', ReadoutSearch);
}
