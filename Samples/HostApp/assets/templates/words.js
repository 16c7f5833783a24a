// @ts-check
// Thousands are set apart from five digits on, so that a year stays a year.
const numbers = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, useGrouping: 'min2' });

/**
 * A name of JSON as words: `meltingPoint` is "Melting point", `see-also` is "See also".
 * @param {string} name
 */
export function words(name) {
  return capitalised(name.replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ').replace(/[-_]+/g, ' ').trim().toLowerCase());
}

/** @param {string} text */
export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {number} value */
export const number = (value) => numbers.format(value);

/**
 * A value of an attribute as people read it; empty if it is unknown.
 * @param {unknown} value
 * @returns {string}
 */
export function shown(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map(shown).filter(Boolean).join(', ');
  return typeof value === 'object' ? '' : String(value);
}
