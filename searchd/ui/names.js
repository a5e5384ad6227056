// What codes, numbers and dates are called.

import { list } from './dom.js';

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });
/** What the service calls otherwise than browsers do. */
const NAMES = {
  CD: 'Democratic Republic of the Congo', CG: 'Republic of the Congo', CI: 'Ivory Coast', CZ: 'Czech Republic', HK: 'Hong Kong',
  MM: 'Myanmar', MO: 'Macau', PS: 'Palestine', TR: 'Turkey', VA: 'Vatican',
};

export function sideName(code) {
  return NAMES[code] || (/^[A-Z]{2}$/.test(code) ? regions.of(code).replace(' & ', ' and ').replace('St. ', 'Saint ') : code);
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const countries = new Set(letters.flatMap((a) => letters.map((b) => sideName(a + b))));

export function isCountry(place) {
  return countries.has(place);
}

export function languageName(code) {
  try {
    return languages.of(code) || code;
  } catch {
    return code;
  }
}

/** "a, b and c". */
export function listed(names) {
  return list(names).join('');
}

export function number(n) {
  return n.toLocaleString('en');
}

export function total(t) {
  return t.relation === 'gte' ? `${number(t.value)}+` : number(t.value);
}

export function count(n, one, many = one + 's') {
  return `${number(n)} ${n === 1 ? one : many}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June', 'July', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];

/** "2025-02-18T09:30:00Z", "2025-02-18", "2025-02" or "2025" as a reader writes it; UTC. */
export function date(iso) {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(iso || '') || [];
  if (!year) {
    return '';
  }
  const parts = [day && String(Number(day)), month && MONTHS[Number(month) - 1], year];
  return parts.filter(Boolean).join(' ');
}

export function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(' ');
}

/** The kinds of results, in the order of the tabs. `path` is the resource. */
export const KINDS = [
  { kind: 'all', path: 'answers', label: 'All', one: 'result', many: 'results' },
  { kind: 'talks', path: 'talks', label: 'Talks', one: 'talk', many: 'talks' },
  { kind: 'participants', path: 'participants', label: 'People', one: 'person', many: 'people' },
  { kind: 'outcomes', path: 'outcomes', label: 'Outcomes', one: 'outcome', many: 'outcomes' },
  { kind: 'statements', path: 'statements', label: 'Statements', one: 'statement', many: 'statements' },
  { kind: 'articles', path: 'search', label: 'Articles', one: 'article', many: 'articles' },
];

export function kindOf(kind) {
  return KINDS.find((k) => k.kind === kind) || KINDS[0];
}

export function counted({ value, relation }, kind) {
  const { one, many } = kindOf(kind);
  return relation === 'gte' ? `${number(value)} or more ${many}` : count(value, one, many);
}

/** Facets: parameter of the page and of the API, field of the query language, heading, name of a value. */
export const FACETS = [
  { facet: 'side', field: 'side', label: 'Sides', name: sideName },
  { facet: 'status', field: 'status', label: 'Status', name: title },
  { facet: 'role', field: 'role', label: 'Role', name: title },
  { facet: 'person', field: 'participant', label: 'People', name: String },
  { facet: 'speaker', field: 'speaker', label: 'Speaker', name: sideName },
  { facet: 'by', field: 'by', label: 'By whom', name: sideName },
  { facet: 'place', field: 'place', label: 'Place', name: String },
  { facet: 'host', field: 'host', label: 'Host', name: sideName },
  { facet: 'source', field: 'source', label: 'Source', name: String },
  { facet: 'language', field: 'lang', label: 'Language', name: languageName },
];

export const FACET_VALUES = 40; // of each, the commonest

export const FACETS_OF = {
  all: ['side', 'person', 'place', 'status', 'source'],
  talks: ['side', 'person', 'place', 'host', 'status', 'source'],
  participants: ['side', 'role', 'place', 'source'],
  outcomes: ['status', 'by', 'side', 'source'],
  statements: ['speaker', 'side', 'source'],
  articles: ['source', 'language', 'side', 'person', 'place'],
};

export function title(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What came of a proposal: order on a card, and the mark that says it without colour. */
export const STATUSES = {
  agreed: '✓',
  reaffirmed: '↻',
  planned: '→',
  proposed: '?',
  declined: '✕',
  rejected: '✕',
  denied: '≠',
  open: '○',
};

export const FORMS = { in_person: 'in person', phone: 'by phone', video: 'by video' };

export const ROLES = {
  head: 'head of delegation',
  chair: 'chair',
  host: 'host',
  mediator: 'mediator',
  member: 'member',
  observer: 'observer',
  mentioned: 'mentioned',
};
