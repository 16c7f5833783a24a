// @ts-check
import { html } from './html.js';

/**
 * The elements of the document's head that belong to a page. All carry `data-fleet-head`, by which the app finds them again.
 * @param {import('./page.js').Page} page
 */
export function headOf({ status, card, realm, origin, path }) {
  const site = 'Fleet sample';
  const name = status === 404 ? 'Not found' : card?.title ?? site;
  const title = [...new Set([name, realm?.name, site].filter(Boolean))].slice(0, 2).join(' · ');
  const description = card ? card.description || card.text[0] || '' : status === 404 ? '' : 'Cards of several realms, prerendered.';
  if (status !== 200) {
    return html`<title data-fleet-head>${title}</title><meta data-fleet-head name="robots" content="noindex"><meta data-fleet-head name="prerender-status-code" content="${status}">`;
  }
  const url = origin + path;
  return html`<title data-fleet-head>${title}</title><meta data-fleet-head name="description" content="${description}"><link data-fleet-head rel="canonical" href="${url}"><meta data-fleet-head property="og:title" content="${name}"><meta data-fleet-head property="og:description" content="${description}"><meta data-fleet-head property="og:type" content="${card ? 'article' : 'website'}"><meta data-fleet-head property="og:url" content="${url}"><meta data-fleet-head property="og:site_name" content="${realm?.name ?? site}">`;
}

/**
 * Replaces the head's elements of the page before by those of this one.
 * @param {string} head
 */
export function replaceHead(head) {
  for (const old of document.head.querySelectorAll('[data-fleet-head]')) old.remove();
  document.head.insertAdjacentHTML('beforeend', head);
}
