// @ts-check
import { html, style } from '../html.js';

/**
 * What the app puts into its root element: the page's content between the site's header and footer, in the realm's colours.
 * @param {import('../page.js').Page} page
 * @param {import('../html.js').Html} content
 */
export function frame({ path, etag, realms, realm }, content) {
  const { font, layout } = realm?.theme ?? {};
  const colours = coloursOf(realm);
  return html`<div class="site" data-font="${font ?? 'sans'}" data-layout="${layout ?? 'narrow'}" data-realm="${realm?.path ?? ''}" data-fleet-ssr="${path}" data-fleet-etag="${etag}" style="${colours}">
<a class="skip" href="#content">Skip to content</a>
<header class="site-head"><a class="brand" href="/">${mark}<span>Fleet sample</span></a><nav aria-label="Realms"><ul>${realms.map((each) =>
  html`<li><a href="${each.path}" aria-current="${each.path !== realm?.path ? 'false' : each.path === path ? 'page' : 'true'}">${each.name}</a></li>`)}</ul></nav></header>
<main id="content">${content}</main>
<footer class="site-foot"><p>${realm ? html`<a href="${realm.path}">${realm.name}</a> ${realm.description}` : 'Realms of cards, prerendered by Fleet.'}</p></footer>
</div>`;
}

/**
 * A card alone in a box that somebody else gives, in its realm's colours: for pictures of it.
 * @param {import('../page.js').Page} page
 * @param {import('../html.js').Html} content
 */
export const boxed = ({ realm }, content) =>
  html`<div class="site in-box" data-font="${realm?.theme?.font ?? 'sans'}" style="${coloursOf(realm)}">${content}</div>`;

/** @param {import('../card.js').Realm | null} realm */
const coloursOf = (realm) => style({ ...colourProperties('light', realm?.theme?.light), ...colourProperties('dark', realm?.theme?.dark) });

const mark = html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M3 14h18l-3 6H6z" fill="currentColor"/><path d="M12 3v9H5.5zM13.5 6v6H18z" fill="currentColor" opacity=".6"/></svg>`;

/**
 * @param {string} scheme
 * @param {any} colours
 */
const colourProperties = (scheme, colours) =>
  Object.fromEntries(['accent', 'ground', 'surface', 'ink'].map((name) => [`${scheme}-${name}`, colour(colours?.[name])]));

/** @param {unknown} value */
const colour = (value) => (typeof value === 'string' && /^#([\da-f]{3}|[\da-f]{6})$/i.test(value) ? value : null);
