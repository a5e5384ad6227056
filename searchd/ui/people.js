// The talks a person took part in, asked for when cards come into sight: those of all of them at once.

import { h } from './dom.js';
import { ROLES, date } from './names.js';
import { factOf } from './parts.js';
import { quoted } from './state.js';
import { talkName, where } from './talk.js';

const SHOWN = 3;
const LOOKED_AT = 6; // talks of the name, of which some may be another's
const AT_ONCE = 32;
const REST_MS = 250; // shown for so long before more is asked: who types is past it by then
const cards = new WeakMap();
const seen = []; // elements that are to be filled
let timer = 0;
const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      sight.unobserve(target);
      seen.push(target);
      clearTimeout(timer);
      timer = setTimeout(fillAll, REST_MS);
    }
  }
}, { rootMargin: '100px' });

async function askAll(client, queries, signal) {
  const { key } = client;
  const response = await client.fetch(client.url('queries'), {
    method: 'POST', signal, body: JSON.stringify({ queries }),
    headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
  });
  return (await response.json()).answers;
}

async function fillAll() {
  const elements = seen.splice(0, AT_ONCE).filter((element) => element.isConnected);
  if (!elements.length) {
    return;
  }
  const { view } = cards.get(elements[0]);
  const signal = view.signal();
  try {
    const answers = await askAll(view.client, elements.map((element) => ({
      kind: 'talks', filter: `participant:${quoted(cards.get(element).hit.name)}`, sort: '-date', limit: LOOKED_AT, snippets: 0, people: true,
    })), signal);
    elements.forEach((element, i) => fill(element, answers[i]));
    timer = seen.length && setTimeout(fillAll, REST_MS);
  } catch {
    if (signal.aborted) { // once they come into sight again
      elements.forEach((element) => sight.observe(element));
    }
  }
}

function fill(element, { hits, total }) {
  const { view, hit: { name, group } } = cards.get(element);
  const self = (hit) => hit.participants.find((p) => (group && p.person ? p.person === group.id : p.name === name));
  const own = hits.filter(self);
  if (!own.length) {
    return;
  }
  const items = own.slice(0, SHOWN).map((hit) => {
    const about = [ROLES[self(hit).role], where(hit), date(hit.date?.value)].filter(Boolean).join(', ');
    return h('li', h('a', { href: view.link({ article: hit.article, at: factOf(hit.id) }), dir: 'auto' }, talkName(hit)),
      about && h('span.note', ` ${about}`));
  });
  const more = total.value - items.length;
  const isShared = own.length < hits.length; // with others of the name
  element.replaceChildren(h('h4', 'Took part in'), h('ul', items,
    more > 0 ? h('li', h('a', { href: view.filtered('person', name, 'talks') }, isShared ? `All talks of the name ${name}` : [`${more} more`, h('span.unseen', ` talks of ${name}`)])) : null));
}

export function talksOf(view, hit) {
  if (hit.role === 'mentioned' && !(hit.group && hit.group.articles > 1)) {
    return null;
  }
  const element = h('div.took-part');
  cards.set(element, { view, hit });
  sight.observe(element);
  return element;
}
