// @ts-check
import { embeddedCards, targetsOf } from '../card.js';
import { html } from '../html.js';
import { anyCard, embeds, lead, link, paragraphs, tile, title } from './any-card.js';
import { iconOf, shellsOf, tableWith, temperatures, whereInTable } from './element-drawings.js';
import { capitalised, number, shown, words } from './words.js';

/**
 * @typedef {import('../card.js').Card} Card
 * @typedef {import('../page.js').Page} Page
 */

/** @type {import('./templates.js').Template} */
export const element = {
  ...anyCard,

  isolated(card, page) {
    const { attributes: a } = card;
    const near = [...targetsOf(card, 'above'), ...targetsOf(card, 'below')].map((id) => page.cards.get(id)).filter((other) => other !== undefined);
    const foundWith = targetsOf(card, 'foundWith');
    return html`<article class="element-page" data-family="${a.category}">
<header class="element-hero">
<div class="element-plate" aria-hidden="true"><span>${a.number}</span><strong>${a.symbol}</strong><span>${weight(a)}</span></div>
<div class="element-intro"><p class="kicker">${targetsOf(card, 'family').map((id) => link(id, page))}</p>${title(card)}${lead(card)}${paragraphs(card)}</div>
</header>
<dl class="element-facts">${[
  [a.massNumber ? 'Mass number of the longest-lived isotope' : 'Standard atomic weight', weight(a)],
  ['Group', shown(a.group) || 'none, f-block'],
  ['Period', shown(a.period)],
  ['Block', shown(a.block)],
  ['State at 25 °C', a.phase ? capitalised(shown(a.phase)) : ''],
  ['Density', typeof a.density === 'number' ? `${number(a.density)} g/cm³` : ''],
  ['Electronegativity', shown(a.electronegativity)],
  ['Radioactive', a.radioactive ? 'Yes, no stable isotope' : 'No, has stable isotopes'],
].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value || html`<span class="unknown">unknown</span>`}</dd></div>`)}</dl>
<div class="element-panels">
${(a.meltingPoint || a.boilingPoint) && html`<section><h2>Melting and boiling</h2>${temperatures(a)}</section>`}
<section><h2>Electrons</h2><div class="element-shells">${shellsOf(card)}<p><code>${a.configuration}</code></p></div></section>
<section><h2>Discovery</h2><p>${a.discovered ? html`<strong>${a.discovered}</strong> ` : ''}${a.discoveredBy}</p>${a.appearance && html`<h2>Appearance</h2><p>${capitalised(shown(a.appearance))}</p>`}</section>
${Array.isArray(a.uses) && a.uses.length > 0 && html`<section><h2>Used for</h2><ul class="element-uses">${a.uses.map((use) => html`<li>${use}</li>`)}</ul></section>`}
<section><h2>In the table</h2><div class="element-near">${whereInTable(card)}${near.length > 0 && html`<ul class="embeds-fitted">${near.map((other) => html`<li>${page.show(other, 'fitted')}</li>`)}</ul>`}</div></section>
${foundWith.length > 0 && html`<section><h2>Found with</h2><p class="atoms">${foundWith.map((id) => html`${link(id, page)} `)}</p></section>`}
</div>
<nav class="element-turn" aria-label="Neighbours by number">${turn(card, page, 'previous')}${turn(card, page, 'next')}</nav>
</article>`;
  },

  embedded: (card) => html`<a class="element-embedded" data-family="${card.attributes.category}" href="${card.path}"><strong>${card.attributes.symbol}</strong><span><b>${card.title}</b> ${card.description}</span></a>`,

  fitted: ({ path, title: name, attributes: a }) => html`<a class="element-tile" data-family="${a.category}" href="${path}" title="${name}"><span class="n">${a.number}</span><strong>${a.symbol}</strong><span class="name">${name}</span><span class="w">${weight(a)}</span></a>`,

  atom: (card) => html`<a class="card-atom element-atom" data-family="${card.attributes.category}" href="${card.path}"><b aria-hidden="true">${card.attributes.symbol}</b>${card.title}</a>`,

  icon: iconOf,
};

/** @type {import('./templates.js').Template} */
export const elementFamily = {
  ...anyCard,

  isolated: (card, page) => html`<article class="family-page" data-family="${card.attributes.category}">
<header class="card-head"><p class="kicker">${card.embeds.reduce((sum, { ids }) => sum + ids.length, 0)} elements</p>${title(card)}${lead(card)}</header>
${paragraphs(card)}${embeds(card, page)}
<section class="links"><h2>Next to them</h2><p class="atoms">${targetsOf(card, 'related').map((id) => html`${link(id, page)} `)}</p></section>
</article>`,

  fitted: (card, cards) => tile(card, cards && tableWith(embeddedCards(card, 'members', cards), `${card.title} in the table`)),

  atom: (card) => html`<a class="card-atom family-atom" data-family="${card.attributes.category}" href="${card.path}">${card.title}</a>`,
};

/** @param {Record<string, unknown>} attributes */
const weight = ({ weight: value, massNumber }) => (massNumber ? `[${massNumber}]` : shown(value));

/**
 * @param {Card} card
 * @param {Page} page
 * @param {'previous' | 'next'} name
 */
const turn = (card, page, name) => targetsOf(card, name).map((id) => {
  const other = page.cards.get(id);
  return other && html`<a class="turn-${name}" rel="${name === 'next' ? 'next' : 'prev'}" href="${other.path}"><span>${words(name)}</span><strong>${other.title}</strong></a>`;
});
