// @ts-check
import { html, style } from '../html.js';
import { mdBlocks, mdLink, plain } from '../markdown.js';

/** @typedef {import('../page.js').Page} Page */

/** The site's own page: its realms. @param {Page} page */
export const home = ({ realms }) => html`<article class="home">
<header class="card-head"><h1 tabindex="-1">Realms</h1><p class="lead">Each realm is a folder of plain JSON cards. This app gives them a face; Fleet has them rendered before anyone asks.</p></header>
<ul class="realms">${realms.map((realm) => html`<li><a class="realm-card" href="${realm.path}" style="${accents(realm)}"><strong>${realm.name}</strong><span>${realm.description}</span></a></li>`)}</ul>
${realms.length === 0 && html`<p>There is no realm yet.</p>`}
</article>`;

/** @param {Page} page */
export const homeMarkdown = ({ realms, origin }) =>
  mdBlocks(['# Realms', realms.map((realm) => `- ${mdLink(realm.name, origin + realm.path)}: ${plain(realm.description)}`).join('\n')]);

/** @param {Page} page */
export const notFound = ({ path, realm }) => html`<article class="card-page notice">
<header class="card-head"><p class="kicker">404</p><h1 tabindex="-1">There is no such card</h1><p class="lead">Nothing is written under <code>${path}</code>.</p></header>
<p><a class="button" href="${realm?.path ?? '/'}">${realm ? `To ${realm.name}` : 'To all realms'}</a></p>
</article>`;

/** @param {string} message */
export const failure = (message) => html`<div class="site" data-font="sans" data-layout="narrow"><main id="content"><article class="card-page notice">
<header class="card-head"><p class="kicker">Not available</p><h1 tabindex="-1">This page cannot be shown now</h1><p class="lead">${message}</p></header>
<p><a class="button" href="">Try again</a> <a href="/">To all realms</a></p>
</article></main></div>`;

/** @param {import('../card.js').Realm} realm */
const accents = ({ theme }) => style({ 'card-light': theme.light?.accent, 'card-dark': theme.dark?.accent });
