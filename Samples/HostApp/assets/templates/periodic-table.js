// @ts-check
import { embeddedCards } from '../card.js';
import { html, style } from '../html.js';
import { anyCard, embedded, lead, paragraphs, tile, title } from './any-card.js';
import { position, tableWith } from './element-drawings.js';

/** @typedef {import('../card.js').Card} Card */

/** The overview that embeds all elements, each in its place. */
export const periodicTable = {
  ...anyCard,

  /** @param {Card} card @param {import('../page.js').Page} page */
  isolated(card, page) {
    const elements = embeddedCards(card, 'elements', page.cards);
    const families = card.embeds.find(({ name }) => name === 'families');
    return html`<article class="ptable-page">
<header class="card-head">${title(card)}${lead(card)}</header>
${paragraphs(card)}
<div class="ptable-board"><div class="ptable-tools"><search class="ptable-search"><label for="ptable-filter">Find an element</label><input id="ptable-filter" data-filter type="search" autocomplete="off" spellcheck="false" placeholder="Name, symbol, number or kind"><output for="ptable-filter">${elements.length} elements</output></search>
${families && html`<nav class="ptable-families" aria-label="Families">${embedded(families, page)}</nav>`}</div>
<ul class="ptable">${elements.map((element) => html`<li style="${place(element)}" data-words="${searched(element)}">${page.show(element, 'fitted')}</li>`)}</ul></div>
</article>`;
  },

  /** @param {Card} card @param {import('../page.js').Page['cards']} [cards] */
  fitted: (card, cards) => tile(card, cards && tableWith(embeddedCards(card, 'elements', cards), 'All elements in the table')),
};

/** @param {Card} element */
function place(element) {
  const { column, row } = position(element);
  return style({ column, row });
}

/** @param {Card} element */
const searched = ({ title: name, attributes: { number, symbol, category, phase } }) => [name, symbol, number, category, phase].join(' ').toLowerCase();

/**
 * Dims all elements that don't have what was typed. A number or a word of one or two letters must match whole: "h" is hydrogen.
 * @param {HTMLInputElement} input
 */
export function filterTable(input) {
  const page = input.closest('.ptable-page');
  const table = page?.querySelector('.ptable');
  if (!page || !table) return;
  const typed = input.value.trim().toLowerCase();
  let found = 0;
  for (const cell of table.children) {
    const has = matches(cell.getAttribute('data-words') ?? '', typed);
    cell.toggleAttribute('data-dim', !has);
    if (has) found++;
  }
  const output = page.querySelector('output');
  if (output) output.value = typed ? `${found} of ${table.children.length}` : `${table.children.length} elements`;
}

/**
 * @param {string} words
 * @param {string} typed
 */
export const matches = (words, typed) =>
  typed.length <= 2 || /^\d+$/.test(typed) ? typed === '' || words.split(' ').includes(typed) || (typed.length === 2 && words.startsWith(typed)) : words.includes(typed);
