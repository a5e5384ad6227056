// A client of a Readout server, for browsers and for Node. Types are in readout.d.ts.

/** What a server says when it cannot do what was asked: an RFC 9457 problem. */
export class ReadoutError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail || problem?.title || `the server answered ${status}`);
    Object.assign(this, { name: 'ReadoutError', status, problem, retryAfter });
  }
}

export class Readout {
  constructor({ server = '', key = '', fetch: own } = {}) {
    const { href } = new URL(String(server) || '.', globalThis.document?.baseURI);
    this.server = href.replace(/\/?$/, '/');
    this.key = key;
    this.fetch = own || globalThis.fetch.bind(globalThis);
  }

  /** url('search', {q: 'grain', facets: ['side', 'place']}): lists have commas, what is empty is left out. */
  url(resource, params = {}) {
    const said = Object.entries(params).filter(([, value]) => value === 0 || String(value || ''));
    return `${this.server}v1/${resource}${said.length ? `?${new URLSearchParams(said)}` : ''}`;
  }

  /** The response of an address; what is no success is thrown. */
  async ask(url, { signal, accept = 'application/json' } = {}) {
    const headers = { Accept: accept, ...(this.key && { Authorization: `Bearer ${this.key}` }) };
    const response = await this.fetch(url, { headers, signal });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({ title: response.statusText }));
      throw new ReadoutError(response.status, problem, Number(response.headers.get('Retry-After')));
    }
    return response;
  }

  async get(resource, params, options) {
    return (await this.ask(this.url(resource, params), options)).json();
  }

  similar(id, params, options) {
    return this.get(`articles/${encodeURIComponent(id)}/similar`, params, options);
  }
}

for (const name of ['search', 'answers', 'talks', 'participants', 'outcomes', 'statements', 'timeline', 'suggest']) {
  Readout.prototype[name] = function (params, options) {
    return this.get(name, params, options);
  };
}
for (const name of ['article', 'talk', 'participant']) {
  Readout.prototype[name] = function (id, options) {
    return this.get(`${name}s/${encodeURIComponent(id)}`, {}, options);
  };
}

/** Calls fn(run, marked) for the runs of `text`. Ranges are [from, to) in code points. */
export function eachRun(text, ranges, fn) {
  const points = Array.from(text);
  let at = 0;
  for (const [i, to] of [...(ranges || []).flat(), points.length].entries()) {
    if (to > at) {
      fn(points.slice(at, to).join(''), i % 2 === 1);
      at = to;
    }
  }
}

export function marked(text, ranges) {
  const out = document.createDocumentFragment();
  eachRun(text, ranges, (run, isMark) => {
    out.append(isMark ? Object.assign(document.createElement('mark'), { part: 'mark', textContent: run }) : run);
  });
  return out;
}

/** The URL if it is one of the web. Articles may hold any text there. */
export function webUrl(text) {
  const { protocol, href } = URL.canParse(text) ? new URL(text) : {};
  return /^https?:$/.test(protocol) ? href : '';
}
