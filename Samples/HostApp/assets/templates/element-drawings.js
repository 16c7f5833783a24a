// @ts-check
import { html } from '../html.js';
import { number } from './words.js';

/** @typedef {import('../card.js').Card} Card */

// Colours of the icon, which stands alone and cannot use the style sheet. The hues are those of elements.css.
/** @type {Record<string, number>} */
const hues = {
  'alkali metal': 25, 'alkaline earth metal': 60, 'transition metal': 265, 'post-transition metal': 215, metalloid: 185,
  'reactive nonmetal': 145, halogen: 110, 'noble gas': 310, lanthanide: 340, actinide: 5, uncharacterised: 260,
};

/** @param {Card} card */
export function iconOf({ title, attributes: { symbol, category } }) {
  const hue = hues[String(category)] ?? 260;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="${title}"><rect width="32" height="32" rx="7" fill="oklch(45% 0.12 ${hue})"/><text x="16" y="22" text-anchor="middle" font-family="system-ui, sans-serif" font-size="16" font-weight="650" fill="#fff">${symbol}</text></svg>`;
}

const capacity = { s: 2, p: 6, d: 10, f: 14 };
const nobleShells = Object.assign(Object.create(null), { He: [2], Ne: [2, 8], Ar: [2, 8, 8], Kr: [2, 8, 18, 8], Xe: [2, 8, 18, 18, 8], Rn: [2, 8, 18, 32, 18, 8] });
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * Electrons per shell, from a configuration such as `[He] 2s² 2p⁴`.
 * @param {unknown} configuration
 * @returns {number[]} empty if it cannot be read
 */
export function electronsByShell(configuration) {
  const [, core, outer] = /^(?:\[(\w+)\] ?)?(.*)$/.exec(String(configuration ?? '')) ?? [];
  const shells = [...(nobleShells[/** @type {keyof typeof nobleShells} */ (core)] ?? [])];
  for (const [, shell, kind, count] of (outer ?? '').matchAll(/(\d)([spdf])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g)) {
    const electrons = Number([...count].map((digit) => superscripts.indexOf(digit)).join(''));
    if (electrons > capacity[/** @type {keyof typeof capacity} */ (kind)]) return [];
    shells[Number(shell) - 1] = (shells[Number(shell) - 1] ?? 0) + electrons;
  }
  return shells;
}

/** The shells as rings with their electrons. @param {Card} card */
export function shellsOf({ attributes: { configuration, symbol } }) {
  const shells = electronsByShell(configuration);
  const text = shells.join(', ');
  return shells.length > 0 && html`<svg class="shells" viewBox="-100 -100 200 200" role="img" aria-label="Electrons per shell: ${text}"><circle r="17" class="core"/><text y="6" text-anchor="middle">${symbol}</text>${shells.map((count, i) => {
    const radius = shells.length > 1 ? 32 + (i * 62) / (shells.length - 1) : 94;
    return html`<circle r="${radius.toFixed(1)}" class="ring"/>${dots(count, radius)}`;
  })}</svg>`;
}

/**
 * @param {number} count
 * @param {number} radius
 */
function dots(count, radius) {
  // One path for all electrons of a shell: a moveto and a line of no length, which a round line cap makes a dot.
  let d = '';
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    d += `M${(radius * Math.cos(angle)).toFixed(1)} ${(radius * Math.sin(angle)).toFixed(1)}h0`;
  }
  return html`<path class="electrons" d="${d}"/>`;
}

const hottest = 6000;

/** On which stretch of the temperature scale the element is solid, liquid and gas. @param {Record<string, unknown>} attributes */
export function temperatures({ meltingPoint, boilingPoint }) {
  const melts = typeof meltingPoint === 'number' ? meltingPoint : null;
  const boils = typeof boilingPoint === 'number' ? boilingPoint : null;
  return html`<dl class="points"><div><dt>Melts</dt><dd>${degrees(melts)}</dd></div><div><dt>Boils</dt><dd>${degrees(boils)}</dd></div></dl>${(melts || boils) && html`<svg class="scale" viewBox="0 0 300 28" role="img" aria-label="Scale from 0 to 6,000 kelvin; room temperature is marked"><rect width="300" height="10" y="2" rx="5" class="unknown"/>${span('solid', 0, melts)}${span('liquid', melts, boils)}${span('gas', boils, hottest)}<path d="M${x(298.15)} 0v14" class="room"/><text x="${x(298.15)}" y="26" text-anchor="middle">25 °C</text></svg>`}`;
}

/**
 * @param {string} phase
 * @param {number | null} from
 * @param {number | null} to
 */
function span(phase, from, to) {
  if (from === null || to === null) return null;
  return html`<rect class="${phase}" x="${x(from)}" y="2" height="10" width="${Math.max(Number(x(to)) - Number(x(from)), 0).toFixed(1)}"/>`;
}

// A square-root scale, since half of what happens does so below 1,000 K.
/** @param {number} kelvin */
const x = (kelvin) => (300 * Math.sqrt(Math.min(kelvin, hottest) / hottest)).toFixed(1);

/** @param {number | null} kelvin */
const degrees = (kelvin) => (kelvin === null ? html`<span class="unknown">unknown</span>` : html`${number(kelvin)} K <small>${number(Math.round((kelvin - 273.15) * 10) / 10)} °C</small>`);

const cells = [
  ...[1, 18].map((column) => [column, 1]),
  ...[2, 3].flatMap((row) => [1, 2, 13, 14, 15, 16, 17, 18].map((column) => [column, row])),
  ...[4, 5, 6, 7].flatMap((row) => Array.from({ length: 18 }, (_, i) => [i + 1, row])),
  ...[9, 10].flatMap((row) => Array.from({ length: 14 }, (_, i) => [i + 3, row])),
];
const outline = cells.map(([column, row]) => `M${column * 10 - 9} ${row * 10 - 9}h8v8h-8z`).join('');

/**
 * Column and row of an element: its group and period. The f-block has no group; it stands below the table, under the gap it fills.
 * @param {Card} element
 */
export function position({ attributes: { number, group, period } }) {
  if (typeof group === 'number') return { column: group, row: Number(period) };
  return { column: Number(number) - (Number(period) === 6 ? 57 : 89) + 3, row: Number(period) + 3 };
}

/** A small picture of the table with the element's place in it. @param {Card} card */
export function whereInTable(card) {
  const { column, row } = position(card);
  return tableWith([card], `Column ${column}, row ${row}`);
}

/**
 * A small picture of the table with some elements' places in it.
 * @param {Card[]} elements
 * @param {string} label
 */
export const tableWith = (elements, label) => html`<svg class="where" viewBox="0 0 181 101" role="img" aria-label="${label}"><path class="all" d="${outline}"/>${elements.map((element) => {
  const { column, row } = position(element);
  return html`<rect class="here" data-family="${element.attributes.category}" x="${column * 10 - 10}" y="${row * 10 - 10}" width="10" height="10" rx="1.5"/>`;
})}</svg>`;
