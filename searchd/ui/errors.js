// @ts-check
// When there is no answer: what is so, and what can be done.

import { ReadoutError } from '../readout.js';
import { h } from './dom.js';

const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
const BUSY = [429, 503];

/** Says it in the banner and tries again where that may help; one at a time. */
export class Trouble {
  constructor({ element, again, useKey }) {
    this.element = element;
    this.again = again;
    this.useKey = useKey;
    this.tries = 0;
    this.timer = 0;
    addEventListener('online', () => !element.hidden && again());
    addEventListener('offline', () => this.show(new TypeError('offline')));
  }

  clear() {
    clearTimeout(this.timer);
    this.tries = 0;
    this.element.hidden = true;
  }

  show(error) {
    clearTimeout(this.timer);
    this.element.hidden = false;
    if (!(error instanceof ReadoutError)) {
      this.unreachable(error);
    } else if (error.status === 401) {
      this.needsKey(error);
    } else if (BUSY.includes(error.status)) {
      this.later('The server has too much to do just now.', error.retryAfter * 1000);
    } else if (error.status === 504) {
      this.say('The search took too long.', 'Fewer or rarer words, or a shorter time, are found faster.');
    } else {
      this.say(error.problem.title || 'The server could not answer.', error.problem.detail || '');
    }
  }

  unreachable(error) {
    if (error instanceof TypeError) {
      this.later(navigator.onLine ? 'The server cannot be reached.' : 'You are offline.', 0);
    } else {
      this.say('Something went wrong in this page.', String(error.message || error));
    }
  }

  say(title, detail) {
    this.element.replaceChildren(h('p', {}, h('strong', {}, title), detail ? ` ${detail}` : ''), this.button());
  }

  button() {
    return h('button', { type: 'button', onclick: () => this.again() }, 'Try again');
  }

  later(title, wait) {
    const ms = Math.max(wait, RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
    this.say(title, `Trying again in ${Math.round(ms / 1000)} seconds; what is shown may be of an earlier search.`);
    this.timer = setTimeout(() => this.again(), ms);
  }

  needsKey(error) {
    const field = h('input', { id: 'key', type: 'password', autocomplete: 'off', required: true });
    const form = h('form', {}, h('label', { for: 'key' }, 'Key '), field, h('button', { type: 'submit' }, 'Use it'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.useKey(field.value.trim());
    });
    this.element.replaceChildren(h('p', {}, h('strong', {}, 'This server is for those who have a key.'), ` ${error.problem.detail || ''}`),
      form, h('p.note', {}, 'It is kept until this tab is closed.'));
  }
}
