// @ts-check
// Escaping by construction. Whatever is put into a template is escaped for the place where it stands; only what another
// template made goes in as it is. Which kind of place a hole is, is read from the template's own text, once per template.

/** Markup that is safe to put into a page. Only `html` makes it, so nothing that came out of JSON can pass for it. */
export class Html {
  /** @param {string} text @param {symbol} key */
  constructor(text, key) {
    if (key !== made) throw new TypeError('Html is made by the html template tag only.');
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** A style attribute's value: custom properties with checked values. */
class Style {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

const made = Symbol('made by html');
const nothing = new Html('', made);

/** @typedef {'text' | 'attribute' | 'url' | 'style'} Hole */

/** @type {WeakMap<TemplateStringsArray, Hole[]>} */
const holesOf = new WeakMap();

const urlAttributes = new Set(['href', 'src', 'action', 'formaction', 'poster', 'cite', 'xlink:href']);

/**
 * @param {TemplateStringsArray} strings
 * @param {unknown[]} values
 */
export function html(strings, ...values) {
  let holes = holesOf.get(strings);
  if (!holes) holesOf.set(strings, (holes = readHoles(strings)));
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += fill(holes[i], values[i]) + strings[i + 1];
  return text === '' ? nothing : new Html(text, made);
}

/** @param {string} text */
export function escapeText(text) {
  return text.replace(/[&<>"'`]/g, (c) => escapes[/** @type {keyof typeof escapes} */ (c)]);
}

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/**
 * The URL if a click on it only navigates: http, https or relative. Else null, as for `javascript:` and `data:`.
 * The browser's own parser judges, since it is also the one that would follow the link.
 * @param {unknown} value
 */
export function safeUrl(value) {
  const text = String(value ?? '').trim();
  try {
    const { protocol } = new URL(text, 'http://site.invalid/');
    return protocol === 'http:' || protocol === 'https:' ? text : null;
  } catch {
    return null;
  }
}

/**
 * Custom properties for a style attribute. A value that could end the declaration or load something is left out.
 * @param {Record<string, unknown>} properties
 */
export function style(properties) {
  let text = '';
  for (const [name, value] of Object.entries(properties)) {
    if (value !== null && value !== undefined && /^[#\w .%-]{1,64}$/.test(String(value))) text += `--${name}:${value};`;
  }
  return new Style(text);
}

/**
 * @param {Hole} hole
 * @param {unknown} value
 * @returns {string}
 */
function fill(hole, value) {
  switch (hole) {
    case 'text':
      if (value instanceof Html) return value.text;
      if (Array.isArray(value)) return value.map((item) => fill(hole, item)).join('');
      return value === null || value === undefined || value === false ? '' : escapeText(String(value));
    case 'attribute':
      return escapeText(String(value ?? ''));
    case 'url':
      return escapeText(safeUrl(value) ?? '#');
    case 'style':
      if (!(value instanceof Style)) throw new TypeError('A style attribute takes style({…}) only.');
      return value.text;
  }
}

/**
 * @param {TemplateStringsArray} strings
 * @returns {Hole[]}
 */
function readHoles(strings) {
  /** @type {Hole[]} */
  const holes = [];
  let before = '';
  for (let i = 0; i < strings.length - 1; i++) {
    before += strings[i];
    holes.push(readHole(before));
    before += 'x';
  }
  return holes;
}

/**
 * What kind of hole follows this much markup.
 * @param {string} before
 * @returns {Hole}
 */
function readHole(before) {
  if (/<(script|style)\b(?![^]*<\/\1)/i.test(before)) throw new SyntaxError('A hole in a script or style element cannot be escaped.');
  const tag = /<[a-z](?:[^>"']|"[^"]*"|'[^']*')*(?:"[^"]*|'[^']*)?$/i.exec(before);
  if (!tag) return 'text';
  const attribute = /\s([\w:-]+)="[^"]*$/.exec(tag[0]);
  if (!attribute) throw new SyntaxError(`A hole inside a tag must stand in double quotes: ${tag[0]}`);
  const name = attribute[1].toLowerCase();
  if (name.startsWith('on') || name === 'srcdoc') throw new SyntaxError(`Nothing may be put into ${name}.`);
  return urlAttributes.has(name) ? 'url' : name === 'style' ? 'style' : 'attribute';
}
