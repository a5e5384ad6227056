// Suggestions under the search box: a combobox with a list, for the keyboard first.

import { marked } from '../readout.js';
import { h } from './dom.js';
import { count } from './names.js';
import { filterOf } from './state.js';

const SHOWN = 8;

export function startSuggestions({ view, input, box, commit }) {
  let options = [];
  let active = -1;
  let asked = null;
  let typed = input.value;

  function close() {
    if (asked) {
      asked.abort();
      asked = null;
    }
    box.hidden = true;
    active = -1;
    input.ariaExpanded = 'false';
    input.removeAttribute('aria-activedescendant');
  }

  function activate(to) {
    const rows = [...box.children];
    active = to;
    rows.forEach((row, i) => { row.ariaSelected = String(i === active); });
    input.setAttribute('aria-activedescendant', rows[active]?.id || '');
    rows[active]?.scrollIntoView({ block: 'nearest' });
    const option = options[active];
    input.value = option && !option.id ? option.text : typed;
  }

  function choose(i) {
    const option = options[i];
    close();
    if (option.id) {
      input.value = view.state.q;
      view.go(view.link({ article: option.id, at: '' }));
    } else {
      commit(option.text);
    }
  }

  function row(option, i) {
    const text = option.id ? marked(option.text, option.highlights) : completed(option.text);
    const element = h('div.suggestion', { role: 'option', id: `suggestion-${i}`, 'aria-selected': 'false' },
      h('span.text', { dir: 'auto' }, text),
      h('span.note', option.id ? 'article' : option.kind === 'place' ? option.kind : count(option.count, 'article')));
    element.addEventListener('mousedown', (event) => event.preventDefault()); // the box keeps the focus
    element.addEventListener('click', () => choose(i));
    return element;
  }

  /** What was typed, and in bold what is added to it. */
  function completed(text) {
    const known = text.toLowerCase().startsWith(typed.toLowerCase()) ? typed.length : 0;
    return [text.slice(0, known), h('b', text.slice(known))];
  }

  async function ask() {
    if (asked) {
      asked.abort();
    }
    const mine = new AbortController();
    asked = mine;
    try {
      const answer = await view.client.suggest({ q: typed, filter: filterOf(view.state), limit: SHOWN }, { signal: mine.signal });
      if (asked === mine && document.activeElement === input && active < 0) {
        options = answer.suggestions.filter((s) => s.id || (s.count && s.text.trim() !== typed.trim()));
        show();
      }
    } catch {
      if (asked === mine) {
        close(); // the search tells what is wrong
      }
    }
  }

  function show() {
    box.replaceChildren(...options.map(row));
    active = -1;
    input.removeAttribute('aria-activedescendant');
    box.hidden = !options.length;
    input.ariaExpanded = String(!box.hidden);
  }

  function move(step) {
    if (box.hidden) {
      typed = input.value;
      if (typed.trim()) {
        ask();
      }
      return;
    }
    const rows = options.length + 1; // and the text as typed
    activate(((active + 1 + step + rows) % rows) - 1);
  }

  input.addEventListener('input', () => {
    typed = input.value;
    if (typed.trim()) {
      if (!box.hidden) { // until the answer comes: what still fits
        options = options.filter((o) => o.text.toLowerCase().startsWith(typed.toLowerCase()));
        show();
      }
      ask();
    } else {
      close();
    }
  });

  input.addEventListener('focus', () => {
    typed = input.value;
  });

  input.addEventListener('keydown', (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      if (!box.hidden && active >= 0) {
        event.preventDefault();
        choose(active);
      } else {
        close();
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (!box.hidden) {
        activate(-1);
        close();
      } else if (view.state.article) {
        typed = input.value = view.state.q; // what is read stays
      } else if (input.value) {
        typed = '';
        commit('');
      }
    }
  });

  input.addEventListener('blur', ({ relatedTarget: to }) => {
    if (active >= 0 && to?.type !== 'submit') { // nobody chose the row
      activate(-1);
    }
    close();
  });

  return {
    /** The text of the box is another, and nobody typed it. */
    reset: () => {
      close();
      typed = input.value;
    },
  };
}
