// What cards of several kinds have: status, evidence, where it stands, who else tells it.

import { marked, webUrl } from '../readout.js';
import { h, list } from './dom.js';
import { STATUSES, count, date, languageName, title } from './names.js';

/** The address of an article in this page, open at a fact ("o2") where one is given. */
export function articleLink(view, hit, fact) {
  const id = hit.article || hit.id;
  return view.link({ article: id, at: fact || (hit.article ? factOf(hit.id) : '') });
}

export function factOf(id) {
  return id.slice(id.lastIndexOf('#') + 1);
}

/** Status as a coloured word with a mark, which says it without colour. */
export function status(word) {
  return h(`span.status.of-${STATUSES[word] ? word : 'open'}`,
    h('span', { 'aria-hidden': 'true' }, STATUSES[word] || '○'), ' ', title(word));
}

export function origin({ source, published }) {
  return [source, date(published)].filter(Boolean).join(', ');
}

export function toArticle(view, { id, title: name, language }) {
  return h('a', { href: view.link({ article: id, at: '' }), dir: 'auto', lang: language || null }, name || 'Untitled');
}

export function meta({ language, url }, ...texts) {
  const href = webUrl(url);
  const items = [...texts, language && language !== 'en' && languageName(language)].filter(Boolean).map((text) => h('bdi', text));
  return h('p.meta', list(href ? [...items, h('a', { href, rel: 'noreferrer' }, 'original')] : items, ' · ', ' · '));
}

/** Where a fact stands: "The article's title — Source, 18 Feb 2025"; without the title where the card has it. */
export function provenance(view, hit, { isTitled = false } = {}) {
  const rest = origin(hit);
  if (isTitled) {
    return rest && h('p.provenance', { dir: 'auto' }, rest);
  }
  return h('p.provenance', { dir: 'auto' },
    h('a', { href: articleLink(view, hit), lang: hit.language || null },
      hit.title || 'Untitled'),
    rest && h('span', ' — ', h('bdi', rest)));
}

export function evidence(hit) {
  const snippet = hit.snippets?.[0];
  return snippet?.text
    ? h('p.evidence', { dir: 'auto', lang: hit.language || null }, marked(snippet.text, snippet.highlights))
    : null;
}

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
    h('ul', others.map((a) => h('li', toArticle(view, a)))));
}

export function names(actors) {
  return list(actors.map((a) => h('bdi', a.name)));
}
