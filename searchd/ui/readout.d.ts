/** Types of readout.js: what a Readout server is asked and what it answers. */

export type KindName = 'articles' | 'talks' | 'participants' | 'outcomes' | 'statements';
export type Facet =
  | 'source' | 'language' | 'year' | 'month' | 'week' | 'day'
  | 'side' | 'role' | 'status' | 'by' | 'speaker' | 'person' | 'place' | 'host';
/** [from, to) in Unicode code points. */
export type Range = [number, number];

export interface SearchParams {
  q?: string;
  filter?: string;
  kind?: KindName | 'all' | '';
  match?: 'auto' | 'all' | 'any' | '';
  typo?: 'auto' | 'off' | '';
  sort?: 'relevance' | '-date' | 'date' | '';
  facets?: Facet[] | string;
  facet_limit?: number;
  limit?: number;
  offset?: number;
  cursor?: string;
  snippets?: 0 | 1 | 2 | 3;
  highlight?: 'none' | 'offsets' | 'html';
  prefix?: boolean;
  explain?: boolean;
  collapse?: boolean | string;
  body?: boolean;
  people?: boolean;
  half_life?: number;
  format?: 'json' | 'csv' | 'rss' | 'atom';
}

export interface Options { signal?: AbortSignal }

export interface Snippet { text: string; highlights?: Range[]; html?: string; offset: number }
export interface Actor { id: string | null; name: string; side: string | null }
export interface Group { id: string; articles: number; supporting: { id: string; title: string }[] }

interface HitBase {
  id: string;
  score: number;
  title: string;
  url: string;
  source: string;
  language: string;
  published: string | null;
  snippets: Snippet[];
}
interface FactHit extends HitBase {
  article: string;
  group: Group | null;
  evidence: { start: number; end: number; rule: string };
}
export interface ArticleHit extends HitBase {
  kind: 'article';
  title_highlights?: Range[];
}
export interface TalkHit extends FactHit {
  kind: 'talk';
  status: 'held' | 'ongoing' | 'paused' | 'planned' | 'proposed' | 'agreed' | 'cancelled';
  form: 'in_person' | 'phone' | 'video' | null;
  sides: string[];
  parties: string[];
  host: string | null;
  place: { city: string | null; country: string | null } | null;
  date: { value: string | null; basis: string };
  duration_minutes: number | null;
  topics: string[];
  /** With people=true `person` is the same for all that are one. */
  participants: (Actor & { role: Role; person?: string | null })[];
  outcomes: { id: string; status: Status; by: Actor[]; what: string; sentence: string }[];
}
export interface ParticipantHit extends FactHit {
  kind: 'participant';
  name: string;
  variants: string[];
  offices: { office: string; of: string | null; former: boolean }[];
  side: string | null;
  role: Role | 'mentioned';
  talk: string | null;
}
export interface OutcomeHit extends FactHit {
  kind: 'outcome';
  status: Status;
  by: Actor[];
  to: Actor[];
  what: string;
  condition: string | null;
  answers: string | null;
  talk: string | null;
  hedged: boolean;
  background: boolean;
  attributed_to: Actor[];
}
export interface StatementHit extends FactHit {
  kind: 'statement';
  speaker: Actor[];
  cue: string;
  form: 'direct' | 'indirect' | 'mixed' | 'stance';
  content: string;
}
export type Role = 'head' | 'chair' | 'host' | 'mediator' | 'member' | 'observer';
export type Status =
  | 'agreed' | 'proposed' | 'declined' | 'rejected' | 'denied' | 'planned' | 'reaffirmed' | 'open';
export type Hit = ArticleHit | TalkHit | ParticipantHit | OutcomeHit | StatementHit;

export interface Total { value: number; relation: 'eq' | 'gte' }
export interface Understood {
  text: string;
  understood: string;
  filter?: string;
  match: 'all' | 'some' | 'any';
  sort: string;
  repairs: { in: string; at: number; what: string }[];
  expanded: { word: string; into: string[]; complete: boolean }[];
  relaxed: string[];
  missing: string[];
  corrected?: { word: string; into: string[] }[];
  did_you_mean?: string;
  disjunctive?: Facet[];
  question?: { pattern: string | null; kind: string; prefers: { what: string; value: string; acts: boolean }[] } | null;
}
export interface Answer<H extends Hit = Hit> {
  query: Understood;
  total: Total;
  took_ms: number;
  hits: H[];
  kinds?: { kind: KindName; total: Total; hits: number }[];
  facets: Partial<Record<Facet, { value: string; count: number }[]>>;
  next?: string | null;
}
export interface Timeline {
  query: Understood;
  total: Total;
  interval: 'day' | 'week' | 'month' | 'year';
  buckets: { value: string; from: string; to: string; count: number }[];
  undated: number;
  took_ms: number;
}
export interface Suggestions {
  query: string;
  took_ms: number;
  suggestions: (
    | { kind: 'word'; text: string; count?: number }
    | { kind: 'person' | 'place'; text: string; count: number }
    | { kind: 'title'; text: string; id: string; url: string; highlights: Range[] })[];
}

/** RFC 9457. */
export interface Problem { type?: string; title?: string; status?: number; detail?: string; [member: string]: unknown }

export class ReadoutError extends Error {
  constructor(status: number, problem: Problem, retryAfter?: number);
  status: number;
  problem: Problem;
  /** Seconds after which it may be tried again; 0 where the server does not say. */
  retryAfter: number;
}

export class Readout {
  constructor(options?: { server?: string | URL; key?: string; fetch?: typeof fetch });
  readonly server: string;
  key: string;
  /** The address of a resource below v1/. */
  url(resource: string, params?: object): string;
  get(resource: string, params?: object, options?: Options): Promise<any>;
  search(params: SearchParams, options?: Options): Promise<Answer>;
  answers(params: SearchParams, options?: Options): Promise<Answer>;
  talks(params: SearchParams, options?: Options): Promise<Answer<TalkHit>>;
  participants(params: SearchParams, options?: Options): Promise<Answer<ParticipantHit>>;
  outcomes(params: SearchParams, options?: Options): Promise<Answer<OutcomeHit>>;
  statements(params: SearchParams, options?: Options): Promise<Answer<StatementHit>>;
  timeline(params: SearchParams & { interval?: Timeline['interval'] }, options?: Options): Promise<Timeline>;
  suggest(params: { q: string; filter?: string; limit?: number }, options?: Options): Promise<Suggestions>;
  /** The whole article with its facts and their spans. */
  article(id: string, options?: Options): Promise<any>;
  talk(id: string, options?: Options): Promise<any>;
  participant(id: string, options?: Options): Promise<any>;
  similar(id: string, params?: { limit?: number; snippets?: number; highlight?: string }, options?: Options): Promise<any>;
}

export function eachRun(text: string, ranges: Range[] | undefined, fn: (run: string, isMark: boolean) => void): void;
/** `text` with its ranges in <mark>; nothing of it is read as markup. */
export function marked(text: string, ranges?: Range[]): DocumentFragment;
/** The URL if it is one of http or https, else ''. */
export function webUrl(text: string): string;
