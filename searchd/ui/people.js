// @ts-check
// The talks a person took part in, asked for when the card comes into sight.

import { h } from './dom.js';
import { ROLES, date } from './names.js';
import { factOf } from './parts.js';
import { quoted } from './state.js';
import { talkName, where } from './talk.js';

const SHOWN = 3;
const REST_MS = 250; // shown for so long before more is asked: who types is past it by then
const waiting = new WeakMap();
const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      sight.unobserve(target);
      waiting.get(target)();
    }
  }
}, { rootMargin: '100px' });

async function fill(view, element, name) {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  if (!element.isConnected) {
    return;
  }
  const filter = `participant:${quoted(name)}`;
  let answer;
  try {
    answer = await view.client.talks({ filter, sort: '-date', limit: SHOWN, snippets: 0 });
  } catch {
    return; // the card stands by itself
  }
  if (!answer.hits.length) {
    return;
  }
  const items = answer.hits.map((hit) => {
    const own = hit.participants.find((p) => p.name === name) || {};
    const about = [ROLES[own.role], where(hit), date(hit.date && hit.date.value)].filter(Boolean).join(', ');
    return h('li', h('a', { href: view.link({ article: hit.article, at: factOf(hit.id) }), 'data-go': true, dir: 'auto' }, talkName(hit)),
      about && h('span.note', ` ${about}`));
  });
  const more = answer.total.value - answer.hits.length;
  element.replaceChildren(h('h4', 'Took part in'), h('ul', items,
    more > 0 ? h('li', h('a', { href: view.filtered('person', name, 'talks'), 'data-go': true }, `${more} more`, h('span.unseen', ` talks of ${name}`))) : null));
}

/** A place on the card that fills itself. */
export function talksOf(view, hit) {
  if (hit.role === 'mentioned' && !(hit.group && hit.group.articles > 1)) {
    return null;
  }
  const element = h('div.took-part');
  waiting.set(element, () => fill(view, element, hit.name));
  sight.observe(element);
  return element;
}
