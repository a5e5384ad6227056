// When there is no answer: what is so, and what can be done.

import { ReadoutError } from '../readout.js';
import { h, refill } from './dom.js';

const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
const BUSY = [429, 503];

/** What went wrong, as {title, detail}; `again`: it may go right by itself. */
function told(error) {
  if (error.name === 'TimeoutError') {
    return { title: 'The server does not answer.', detail: '', again: true };
  }
  if (error instanceof SyntaxError) {
    return { title: 'The answer cannot be read.', detail: 'The network may ask you to sign in first.' };
  }
  if (error instanceof TypeError || error.status === 502) {
    return { title: navigator.onLine ? 'The server cannot be reached.' : 'You are offline.', detail: '', again: true, isOffline: !navigator.onLine };
  }
  if (!(error instanceof ReadoutError)) {
    return { title: 'Something went wrong in this page.', detail: String(error.message || error) };
  }
  const { status, problem } = error;
  const { title, detail = '' } = problem || {};
  if (BUSY.includes(status)) {
    return { title: 'The server has too much to do just now.', detail: '', again: true };
  }
  return status === 504
    ? { title: 'The search took too long.', detail: 'Fewer or rarer words, or a shorter time, are found faster.' }
    : { title: detail && title ? title : 'The server could not do this.', detail: detail || (status < 500 && title) || '' };
}

export class Trouble {
  constructor({ element, again, useKey, remark }) {
    this.element = element;
    this.alert = h('p', { role: 'alert' }); // it stays the same: only what is new in it is announced
    this.below = h('div');
    element.replaceChildren(this.alert, this.below);
    this.remark = remark;
    this.isOffline = false;
    this.isKeyTried = false;
    this.again = again;
    this.useKey = useKey;
    this.tries = 0;
    this.timer = 0;
    addEventListener('online', () => !element.hidden && again());
    addEventListener('offline', () => this.show(new TypeError('offline')));
  }

  /** Another state is asked for: nothing is tried again, but what is told may still be so. */
  rest() {
    clearTimeout(this.timer);
  }

  clear() {
    this.rest();
    if (this.isOffline && !navigator.onLine) {
      return; // it is so, whatever was answered before
    }
    this.isOffline = false;
    this.tries = 0;
    this.isKeyTried = false;
    this.alert.replaceChildren();
    this.element.hidden = true;
  }

  show(error) {
    this.rest();
    this.element.hidden = false;
    if (error instanceof ReadoutError && error.status === 401) {
      this.needsKey();
      return;
    }
    const { title, detail, again, isOffline } = told(error);
    const remark = this.remark();
    if (!again) {
      this.say(title, [detail, remark].filter(Boolean).join(' '));
      return;
    }
    this.isOffline = Boolean(isOffline);
    if (isOffline) {
      this.say(title, `The search goes on when you are online again. ${remark}`);
      return;
    }
    const ms = Math.max((error.retryAfter || 0) * 1000, RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)]);
    this.say(title, `Trying again in ${Math.round(ms / 1000)} seconds. ${remark}`);
    this.timer = setTimeout(() => {
      this.tries++;
      this.again();
    }, ms);
  }

  /** Something beside the results failed, and can be asked for again where it was. */
  mention(title, error) {
    const why = told(error);
    this.rest();
    this.element.hidden = false;
    this.say(title, [why.title, why.detail].filter(Boolean).join(': '), { name: 'Close', act: () => this.clear() });
  }

  say(title, detail, { name, act } = { name: 'Try again', act: () => this.again() }) {
    this.call(title);
    refill(this.below, ...(detail ? [h('p', detail)] : []),
      h('button', { type: 'button', 'data-key': name, onclick: act }, name));
  }

  call(title) {
    if (this.alert.textContent !== title) {
      this.alert.replaceChildren(h('strong', title));
    }
  }

  needsKey() {
    const field = h('input', { id: 'key', type: 'password', autocomplete: 'off', required: true, 'data-key': 'key' });
    const form = h('form', h('label', { for: 'key' }, 'Key '), field, h('button', { type: 'submit', 'data-key': 'use' }, 'Use it'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.isKeyTried = true;
      this.useKey(field.value.trim());
    });
    this.call(this.isKeyTried ? 'There is no such key here.' : 'This server is for those who have a key.');
    refill(this.below, h('p', this.isKeyTried ? 'It may be mistyped, or no longer hold.' : 'Whoever runs it can give you one.'),
      form, h('p.note', 'It is kept until this tab is closed.'));
  }
}
