// @ts-check
import { isObject } from './card.js';

/** @typedef {import('../../../docs/fleet-host').HostError} HostError */

/** A page that could not be had, and whose fault that is. */
export class PageError extends Error {
  /**
   * @param {HostError['kind']} kind
   * @param {string} message
   * @param {{ url?: string, status?: number }} [where]
   */
  constructor(kind, message, where = {}) {
    super(message);
    this.kind = kind;
    this.url = where.url;
    this.status = where.status;
  }
}

// A URL of 100 ids stays well below what servers accept in a request line.
const cardsPerRequest = 100;

/**
 * Everything that one visit reads. It lives as long as the visit: nothing is kept for the next one, and the browser's HTTP cache
 * asks the server each time (`no-cache`), so no visit sees an older card than the server has.
 */
export class Visit {
  /** @param {{ lineage?: string }} [request] */
  constructor({ lineage } = {}) {
    this.stage = 'read';
    /** @type {Set<string>} every URL that the visit's result depends on */
    this.deps = new Set();
    /** @type {Set<string>} */
    this.inFlight = new Set();
    /** @type {Map<string, Promise<Response>>} */
    this.shared = new Map();
    this.abort = new AbortController();
    this.headers = { accept: 'application/json', ...(lineage ? { 'x-fleet-lineage': lineage } : {}) };
  }

  /**
   * The JSON at a URL and its ETag; null if there is nothing at the URL.
   * @param {string} path
   * @returns {Promise<{ json: any, etag: string } | null>}
   */
  async read(path) {
    // Joined, not resolved: a path of two slashes would name another site.
    const url = new URL(location.origin + path).href;
    this.deps.add(url);
    const response = await this.#fetch(url);
    if (response.status === 404) return null;
    refuse(response, url);
    try {
      return { json: await response.clone().json(), etag: response.headers.get('etag') ?? '' };
    } catch (error) {
      this.abort.signal.throwIfAborted();
      throw new PageError('content', `${url} is not JSON: ${/** @type {Error} */ (error).message}`, { url, status: response.status });
    }
  }

  /**
   * Several cards of a realm by their ids; those that don't exist are left out. The result depends on the cards, however they were read.
   * @param {string} realmPath
   * @param {string[]} ids
   * @param {(id: string) => string} pathOf
   * @returns {Promise<Record<string, any>>}
   */
  async readCards(realmPath, ids, pathOf) {
    for (const id of ids) this.deps.add(new URL(pathOf(id), location.origin).href);
    const parts = [];
    for (let i = 0; i < ids.length; i += cardsPerRequest) parts.push(this.#cards(realmPath, ids.slice(i, i + cardsPerRequest)));
    return Object.assign({}, ...(await Promise.all(parts)));
  }

  /**
   * @param {string} realmPath
   * @param {string[]} ids
   */
  async #cards(realmPath, ids) {
    const url = new URL(`${realmPath}_cards?ids=${ids.map(encodeURIComponent).join(',')}`, location.origin).href;
    const response = await this.#fetch(url);
    refuse(response, url);
    const json = await response.clone().json().catch(() => null);
    if (!isObject(json)) throw new PageError('content', `${url} did not answer with a JSON object of cards.`, { url, status: response.status });
    return json;
  }

  /** @param {string} url */
  #fetch(url) {
    let response = this.shared.get(url);
    if (!response) this.shared.set(url, (response = this.#request(url)));
    return response;
  }

  /** @param {string} url */
  async #request(url) {
    this.inFlight.add(url);
    try {
      return await fetch(url, { headers: this.headers, cache: 'no-cache', signal: this.abort.signal });
    } catch {
      this.abort.signal.throwIfAborted();
      throw new PageError('network', `${url} could not be reached.`, { url });
    } finally {
      this.inFlight.delete(url);
    }
  }
}

/**
 * @param {Response} response
 * @param {string} url
 */
function refuse(response, url) {
  const { status } = response;
  if (response.ok) return;
  const kind = status === 401 || status === 403 ? 'unauthorized' : [429, 502, 503, 504].includes(status) ? 'network' : 'content';
  throw new PageError(kind, `${url} answered ${status}.`, { url, status });
}
