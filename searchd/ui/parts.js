// @ts-check
// What cards of several kinds have: status, evidence, where it stands, who else tells it.

import { marked } from '../readout.js';
import { h, list } from './dom.js';
import { STATUSES, count, date, title } from './names.js';

/** The address of an article in this page, open at a fact ("o2") where one is given. */
export function articleLink(view, hit, fact) {
  const id = hit.article || hit.id;
  return view.link({ article: id, at: fact || (hit.article ? factOf(hit.id) : '') });
}

/** "…#o2" to "o2". */
export function factOf(id) {
  return id.slice(id.lastIndexOf('#') + 1);
}

/** Status as a coloured word with a mark, which says it without colour. */
export function status(word) {
  return h(`span.status.of-${STATUSES[word] ? word : 'open'}`,
    h('span', { 'aria-hidden': 'true' }, STATUSES[word] || '○'), ' ', title(word));
}

/** Where a fact stands: "The article's title — Source, 18 Feb 2025"; without the title where the card has it. */
export function provenance(view, hit, { isTitled = false } = {}) {
  const rest = [hit.source, date(hit.published)].filter(Boolean).join(', ');
  if (isTitled) {
    return rest && h('p.provenance', { dir: 'auto' }, rest);
  }
  return h('p.provenance', { dir: 'auto' },
    h('a', { href: articleLink(view, hit), 'data-go': true, lang: hit.language || null },
      hit.title || 'Untitled'),
    rest && h('span', ' — ', h('bdi', rest)));
}

/** The sentence that says so, its words marked. */
export function evidence(hit) {
  const snippet = (hit.snippets || [])[0];
  return snippet && snippet.text
    ? h('p.evidence', { dir: 'auto', lang: hit.language || null }, marked(snippet.text, snippet.highlights))
    : null;
}

/** Who else tells it, where a fact is one across articles. */
export function support(view, hit) {
  const group = hit.group;
  if (!group || group.articles < 2) {
    return null;
  }
  const others = (group.supporting || []).filter((a) => a.id !== hit.article);
  if (!others.length) {
    return h('p.support', `In ${count(group.articles, 'article')}`);
  }
  return h('details.support',
    h('summary', `Also in ${count(group.articles - 1, 'other article')}`),
    h('ul', others.map((a) => h('li',
      h('a', { href: view.link({ article: a.id, at: '' }), 'data-go': true, dir: 'auto' }, a.title || 'Untitled')))));
}

export function names(actors) {
  return list(actors.map((a) => h('bdi', a.name)));
}
