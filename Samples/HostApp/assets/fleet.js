// @ts-check
import { readCard, readRealm } from './card.js';
import { dataOf, emptyPage, loadPage, renderFormat } from './page.js';
import { PageError, Visit } from './visit.js';

/**
 * @typedef {import('../../../docs/fleet-host').FleetHost} FleetHost
 * @typedef {import('../../../docs/fleet-host').RenderRequest} RenderRequest
 * @typedef {import('../../../docs/fleet-host').RenderAnswer} RenderAnswer
 */

/**
 * The host contract: what a prerender server calls in a page that has booted this app.
 * @returns {FleetHost}
 */
export function createFleet() {
  /** @type {Visit | null} */
  let current = null;

  /**
   * @param {RenderRequest} request
   * @param {string[]} formats
   * @returns {Promise<RenderAnswer>}
   */
  async function visitPage({ url, lineage }, formats) {
    // One visit at a time: the caller of an earlier one no longer waits for it.
    current?.abort.abort();
    const visit = (current = new Visit({ lineage }));
    try {
      const page = await loadPage(url, visit);
      visit.stage = 'render';
      const rendered = formats.map((format) => [format, renderFormat(page, format)]).filter(([, text]) => text !== null);
      return { status: page.status, formats: Object.fromEntries(rendered), data: dataOf(page), deps: [...visit.deps] };
    } catch (error) {
      return { status: statusOf(error), formats: {}, deps: [...visit.deps], error: describe(error) };
    } finally {
      if (current === visit) current = null;
    }
  }

  return {
    version: '1',
    capabilities: ['render', 'extract', 'stage'],
    ready: Promise.resolve().then(selfCheck),
    render: (request) => visitPage(request, request.formats),
    extract: (request) => visitPage(request, []),
    stage: () => (current ? { stage: current.stage, inFlight: [...current.inFlight] } : { stage: 'idle', inFlight: [] }),
  };
}

/**
 * @param {unknown} error
 * @returns {import('../../../docs/fleet-host').HostError}
 */
export function describe(error) {
  if (error instanceof PageError) return { kind: error.kind, message: error.message, url: error.url };
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'superseded', message: 'Another visit began.' };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'content', message, stack };
}

/** @param {unknown} error */
const statusOf = (error) => (error instanceof PageError && error.status && error.status >= 400 ? error.status : 500);

/** Standby is ready when the templates work, which a marker in the DOM would not prove. */
function selfCheck() {
  const realm = readRealm({ url: '/probe/', name: 'Probe' });
  const card = readCard({ title: '<probe>' }, 'probe', realm);
  if (!renderFormat({ ...emptyPage, path: card.path, realm, card }, 'isolated')?.includes('&lt;probe&gt;')) throw new Error('The templates do not render.');
}
