// Hits as cards: one function a kind.

import { marked } from '../readout.js';
import { h, list } from './dom.js';
import { ROLES, count, date, sideName, title } from './names.js';
import { articleLink, evidence, meta, names, origin, provenance, status, support, toArticle } from './parts.js';
import { talkCard } from './talk.js';

function offices(hit) {
  const texts = (hit.offices || []).map((o) => {
    const of = o.of && o.of !== hit.side ? `, ${/^[A-Z]{2}$/.test(o.of) ? sideName(o.of) : o.of}` : '';
    return `${o.former ? 'former ' : ''}${o.office}${of}`;
  });
  return [...new Set(texts)].slice(0, 3).join('; ');
}

function personCard(view, hit) {
  const about = [hit.side && sideName(hit.side), offices(hit)].filter(Boolean);
  const articles = hit.group ? hit.group.articles : 1;
  const variants = (hit.variants || []).filter((v) => !v.includes(hit.name)).slice(0, 3);
  return h('article.card.person',
    h('header',
      h('h3', { dir: 'auto' },
        h('a', { href: hit.role === 'mentioned' ? articleLink(view, hit) : view.filtered('person', hit.name, 'talks') }, hit.name)),
        h('span.tag', ROLES[hit.role] || hit.role, articles > 1
          ? [', in ', h('a', { href: view.filtered('person', hit.name, 'articles') }, count(articles, 'article'))] : null)),
    about.length ? h('p.about', title(about.join(' · '))) : null,
    evidence(hit),
    provenance(view, hit),
    variants.length ? h('p.variants', 'Also written: ', list(variants.map((v) => h('bdi', v)), ', ')) : null,
    view.talksOf(hit));
}

function outcomeCard(view, hit) {
  const to = hit.to?.length ? [' to ', names(hit.to)] : null;
  return h('article.card.outcome',
    h('header', status(hit.status),
      hit.by?.length ? h('span.who', names(hit.by), to) : null,
      hit.hedged ? h('span.tag', 'hedged') : null,
      hit.background ? h('span.tag', 'earlier') : null),
    h('h3', { dir: 'auto', lang: hit.language || null },
      h('a', { href: articleLink(view, hit) }, title(hit.what || 'See the article'))),
    hit.condition ? h('p.about', 'On condition: ', h('bdi', hit.condition)) : null,
    evidence(hit),
    provenance(view, hit),
    support(view, hit));
}

/** Where what was said stands in its sentence, in code points; null: not to be found there. */
function placeIn(content, snippet) {
  const at = snippet?.text ? snippet.text.indexOf(content) : -1;
  return at < 0 ? null : [...snippet.text.slice(0, at)].length;
}

/** What was said, its words marked, and its sentence, open where only that has them. */
function quotation(hit, snippet) {
  const content = hit.content.replace(/\s+/g, ' ').trim();
  const from = placeIn(content, snippet);
  const all = snippet?.highlights || [];
  const marks = from === null ? [] : all.map(([a, b]) => [a - from, b - from]).filter(([a]) => a >= 0 && a < content.length);
  const isBare = hit.form === 'direct' && !/^["'“‘«„]/u.test(content);
  const isMore = snippet?.text && (from === null || snippet.text.trim().length - content.length > 2);
  return {
    text: isBare ? ['“', marked(content, marks), '”'] : marked(content, marks),
    sentence: isMore ? h('details.support', { open: all.length > 0 && !marks.length }, h('summary', 'The sentence'), evidence(hit)) : null,
  };
}

function statementCard(view, hit) {
  const snippet = hit.snippets?.[0];
  const [first] = hit.speaker || [];
  const who = first ? names(hit.speaker) : 'Speaker not named';
  const quoted = hit.content && hit.form !== 'stance' ? quotation(hit, snippet) : null;
  const isOwn = quoted && hit.form !== 'indirect'; // words of the speaker, not of who reports them
  return h('figure.card.statement',
    h(`blockquote${isOwn ? '.direct' : ''}`, { dir: 'auto', lang: hit.language || null },
      h('p', quoted ? quoted.text : snippet?.text ? marked(snippet.text, snippet.highlights) : hit.content)),
    h('figcaption',
      h('p.speaker', h('span', '— '), h('strong', who),
        first?.side && first.id ? `, ${sideName(first.side)}` : null,
        hit.cue ? h('span.cue', ` · ${hit.cue}`) : null),
      provenance(view, hit), quoted ? quoted.sentence : null, support(view, hit)));
}

function copies(view, hit) {
  if (!hit.copies?.count) {
    return null;
  }
  const { count: others, articles } = hit.copies;
  return h('details.support',
    h('summary', `The same story in ${count(others, 'other article')}`),
    h('ul', articles.map((a) => h('li',
      toArticle(view, a), h('span.note', ' ', h('bdi', origin(a)))))),
    others > articles.length ? h('p', `and ${count(others - articles.length, 'more', 'more')}`) : null);
}

function articleCard(view, hit) {
  return h('article.card.news',
    h('div', { dir: 'auto' }, // what is said of the article runs as its title does
      h('h3', { lang: hit.language || null },
        h('a', { href: articleLink(view, hit) }, marked(hit.title || 'Untitled', hit.title_highlights))),
      meta(hit, hit.source, date(hit.published))),
    (hit.snippets || []).map((s) => h('p.snippet', { dir: 'auto', lang: hit.language || null },
      marked(s.text, s.highlights))),
    copies(view, hit));
}

const CARDS = {
  talk: talkCard,
  participant: personCard,
  outcome: outcomeCard,
  statement: statementCard,
  article: articleCard,
};

export function card(view, hit) {
  return (CARDS[hit.kind] || articleCard)(view, hit);
}
