// @ts-check
import { anyCard } from './any-card.js';
import { element, elementFamily } from './element.js';
import { coast, lighthouse } from './lighthouse.js';
import { periodicTable } from './periodic-table.js';

/** @typedef {typeof anyCard} Template */

/** @type {Map<string, Template>} */
const templates = new Map([
  ['element', element],
  ['element-family', elementFamily],
  ['periodic-table', periodicTable],
  ['lighthouse', lighthouse],
  ['coast', coast],
]);

/**
 * The template of a card's type; the general one if the type is not known, so that everybody's cards can be shown.
 * @param {import('../card.js').Card} card
 */
export const templateOf = (card) => templates.get(card.type) ?? anyCard;
