// @ts-check
import { applyBehaviours } from './behaviours.js';
import { describe } from './fleet.js';
import { replaceHead } from './head.js';
import { loadPage, renderFormat } from './page.js';
import { failure } from './templates/home.js';
import { Visit } from './visit.js';

/**
 * Shows the page of the address bar, now and after every click on a link of this site.
 * @param {HTMLElement} root
 */
export function startNavigation(root) {
  /** @type {Visit | null} */
  let current = null;

  /** @param {{ scroll: number, moved: boolean }} options */
  async function show({ scroll, moved }) {
    current?.abort.abort();
    const visit = (current = new Visit());
    root.setAttribute('aria-busy', 'true');
    const next = await loadPage(location.href, visit).then(rendered).catch((error) => (visit === current ? failed(error) : null));
    if (!next || visit !== current) return;
    await swap(() => {
      root.innerHTML = next.body;
      replaceHead(next.head);
      root.removeAttribute('aria-busy');
      applyBehaviours(root);
      if (moved) root.querySelector('h1')?.focus({ preventScroll: true });
      scrollTo({ top: scroll, behavior: 'instant' });
    }, moved);
    globalThis.prerenderReady = true;
  }

  document.addEventListener('click', (event) => {
    const url = followed(event);
    if (!url) return;
    event.preventDefault();
    if (url.href === location.href) return void show({ scroll: 0, moved: true });
    history.replaceState({ scroll: scrollY }, '');
    history.pushState({ scroll: 0 }, '', url);
    void show({ scroll: 0, moved: true });
  });
  addEventListener('popstate', (event) => {
    if (event.state) void show({ scroll: event.state.scroll ?? 0, moved: true });
  });
  history.scrollRestoration = 'manual';
  addEventListener('pagehide', () => history.replaceState({ scroll: scrollY }, ''));

  const served = root.querySelector(':scope > [data-fleet-ssr]');
  const scroll = history.state?.scroll ?? 0;
  if (!(served instanceof HTMLElement) || served.dataset.fleetSsr !== location.pathname) {
    globalThis.prerenderReady = false;
    void show({ scroll, moved: false });
    return;
  }
  // The page came rendered: it is adopted as it stands, and only replaced if its card has changed since.
  history.replaceState({ scroll }, '');
  if (scroll) scrollTo({ top: scroll, behavior: 'instant' });
  applyBehaviours(root);
  void hasChanged(served.dataset.fleetEtag).then((changed) => {
    if (changed && served.isConnected) void show({ scroll: scrollY, moved: false });
  });
}

/** @param {import('./page.js').Page} page */
function rendered(page) {
  return { body: renderFormat(page, 'isolated') ?? '', head: renderFormat(page, 'head') ?? '' };
}

/** @param {unknown} error */
function failed(error) {
  return { body: failure(describe(error).message).text, head: '<title data-fleet-head>Not available</title>' };
}

/** @param {string | undefined} etag */
async function hasChanged(etag) {
  if (!etag) return false;
  try {
    const response = await fetch(location.pathname, { headers: { accept: 'application/json', 'if-none-match': etag }, cache: 'no-store' });
    return response.status === 200 && response.headers.get('etag') !== etag;
  } catch {
    return false; // Offline; what was served stays.
  }
}

/**
 * The URL that a click on a link of this site leads to, if the app should go there by itself.
 * @param {MouseEvent} event
 */
function followed(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return null;
  const url = new URL(link.href);
  const inside = url.origin === location.origin && !/^\/(_|assets\/)/.test(url.pathname);
  return inside && !(url.hash && url.pathname === location.pathname) ? url : null;
}

/**
 * @param {() => void} change
 * @param {boolean} animated
 */
async function swap(change, animated) {
  if (!animated || !document.startViewTransition || matchMedia('(prefers-reduced-motion: reduce)').matches) return change();
  await document.startViewTransition(change).updateCallbackDone;
}
