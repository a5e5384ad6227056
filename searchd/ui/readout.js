// @ts-check
// A client of a Readout server, for browsers and for Node. Types are in readout.d.ts.

/** What a server says when it cannot do what was asked: an RFC 9457 problem. */
export class ReadoutError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `the server answered ${status}`);
    this.name = 'ReadoutError';
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** { a: 1, b: [2, 3], c: '' } to "a=1&b=2,3": lists have commas, what is empty is left out. */
function queryString(params) {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(params || {})) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined && text !== null && text !== '' && text !== false) {
      out.set(name, String(text));
    }
  }
  return out.toString();
}

export class Readout {
  /** @param {{server?: string | URL, key?: string, fetch?: typeof fetch}} [options] */
  constructor({ server = '', key = '', fetch: own } = {}) {
    const base = globalThis.document ? document.baseURI : undefined;
    const href = new URL(String(server) || '.', base).href;
    this.server = href.endsWith('/') ? href : href + '/';
    this.key = key;
    this.fetch = own || globalThis.fetch.bind(globalThis);
  }

  /** The address of a resource: url('search', {q: 'grain', format: 'csv'}). */
  url(resource, params) {
    const query = queryString(params);
    return `${this.server}v1/${resource}${query ? '?' + query : ''}`;
  }

  /** The response of an address; what is no success is thrown. */
  async ask(url, { signal, accept = 'application/json' } = {}) {
    const headers = { Accept: accept };
    if (this.key) {
      headers.Authorization = `Bearer ${this.key}`;
    }
    const response = await this.fetch(url, { headers, signal });
    if (!response.ok) {
      const wait = Number(response.headers.get('Retry-After')) || 0;
      const problem = await response.json().catch(() => null);
      throw new ReadoutError(response.status, problem || { title: response.statusText }, wait);
    }
    return response;
  }

  async get(resource, params, options) {
    return (await this.ask(this.url(resource, params), options)).json();
  }

  search(params, options) { return this.get('search', params, options); }
  answers(params, options) { return this.get('answers', params, options); }
  talks(params, options) { return this.get('talks', params, options); }
  participants(params, options) { return this.get('participants', params, options); }
  outcomes(params, options) { return this.get('outcomes', params, options); }
  statements(params, options) { return this.get('statements', params, options); }
  timeline(params, options) { return this.get('timeline', params, options); }
  suggest(params, options) { return this.get('suggest', params, options); }
  article(id, options) { return this.get(`articles/${encodeURIComponent(id)}`, {}, options); }
  talk(id, options) { return this.get(`talks/${encodeURIComponent(id)}`, {}, options); }
  participant(id, options) {
    return this.get(`participants/${encodeURIComponent(id)}`, {}, options);
  }
  similar(id, params, options) {
    return this.get(`articles/${encodeURIComponent(id)}/similar`, params, options);
  }
}

/** Calls fn(run, marked) for the runs of `text`. Ranges are [from, to) in code points. */
export function eachRun(text, ranges, fn) {
  const points = Array.from(text);
  let at = 0;
  for (const [from, to] of ranges || []) {
    if (from > at) {
      fn(points.slice(at, from).join(''), false);
    }
    if (to > Math.max(from, at)) {
      fn(points.slice(Math.max(from, at), to).join(''), true);
    }
    at = Math.max(at, to);
  }
  if (at < points.length) {
    fn(points.slice(at).join(''), false);
  }
}

/** Marks as DOM. */
export function marked(text, ranges, doc = document) {
  const out = doc.createDocumentFragment();
  eachRun(text, ranges, (run, isMark) => {
    if (isMark) {
      const mark = doc.createElement('mark');
      mark.setAttribute('part', 'mark');
      mark.textContent = run;
      out.append(mark);
    } else {
      out.append(run);
    }
  });
  return out;
}

/** The URL if it is one of the web. Articles may hold any text there. */
export function webUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : '';
  } catch {
    return '';
  }
}
