// @ts-check
import { html } from '../html.js';
import { number } from './words.js';

/**
 * @typedef {import('../card.js').Card} Card
 * @typedef {{ colour: string, period: number, phases: { lit: boolean, seconds: number }[] }} Rhythm
 */

/** @type {Record<string, string>} */
const paints = {
  white: '#f5f2ea', red: '#b5332e', black: '#24282e', grey: '#8f979c', granite: '#8a8781', sandstone: '#c6a678',
  limestone: '#d9cfb4', brick: '#a4553d', yellow: '#d8b365', concrete: '#c3c8cc',
};

/** @param {unknown} name */
const paint = (name) => paints[String(name)] ?? paints.white;

/**
 * A tower that stands at (x, ground) and is `height` units tall.
 * @param {Record<string, unknown>} attributes
 * @param {{ x: number, ground: number, height: number }} at
 */
function tower(attributes, { x, ground, height }) {
  const { shape, pattern, colours, lantern } = attributes;
  const head = Math.min(Math.max(height * 0.16, 10), 22);
  const top = ground - height + head;
  const foot = Math.max(height * 0.11, 7.5);
  const neck = shape === 'square' || shape === 'stepped' ? foot * 0.82 : foot * 0.62;
  const shaft = { x, top, ground, foot, neck };
  const names = Array.isArray(colours) ? colours : ['white'];
  return html`<g class="tower">${shape === 'buttressed' && html`<path d="M${x - foot * 2.1} ${ground}L${x - neck} ${f(top + height * 0.3)}h${f(neck * 2)}L${f(x + foot * 2.1)} ${ground}z" fill="${paint(names[0])}"/>`}
<path d="${quad(shaft, 0, 1)}" fill="${paint(names[0])}"/>${painted(shaft, pattern, names)}${shape === 'stepped' && html`<path d="${quad({ ...shaft, foot: foot * 1.25, neck: neck * 1.3 }, 0, 0.52)}" fill="${paint(names[0])}"/><path d="M${f(x - foot * 1.3)} ${f(at(shaft, 0.52))}h${f(foot * 2.6)}v2.5h-${f(foot * 2.6)}z" fill="${paint('grey')}"/>`}
<path d="M${f(x + neck * 0.15)} ${f(top)}L${f(x + neck)} ${f(top)}L${f(x + foot)} ${ground}H${f(x + foot * 0.15)}z" fill="#000" opacity=".13"/>${windows(shaft)}
${lanternOf(shaft, head, paint(lantern))}</g>`;
}

/** @typedef {{ x: number, top: number, ground: number, foot: number, neck: number }} Shaft */

/** @param {number} value */
const f = (value) => value.toFixed(1);

/** @param {Shaft} shaft @param {number} t 0 at the ground, 1 at the top */
const at = ({ top, ground }, t) => ground + (top - ground) * t;

/** @param {Shaft} shaft @param {number} t */
const half = ({ foot, neck }, t) => foot + (neck - foot) * t;

/** The part of a shaft between two heights. @param {Shaft} shaft @param {number} from @param {number} to */
const quad = (shaft, from, to) =>
  `M${f(shaft.x - half(shaft, from))} ${f(at(shaft, from))}L${f(shaft.x - half(shaft, to))} ${f(at(shaft, to))}H${f(shaft.x + half(shaft, to))}L${f(shaft.x + half(shaft, from))} ${f(at(shaft, from))}z`;

/**
 * @param {Shaft} shaft
 * @param {unknown} pattern
 * @param {unknown[]} names
 */
function painted(shaft, pattern, names) {
  switch (pattern) {
    case 'bands': {
      const bands = names.length > 2 ? names : [0, 1, 2, 3, 4].map((i) => names[i % names.length]);
      return bands.map((name, i) => html`<path d="${quad(shaft, i / bands.length, (i + 1) / bands.length)}" fill="${paint(name)}"/>`);
    }
    case 'half':
      return html`<path d="${quad(shaft, 0, 0.35)}" fill="${paint(names[1])}"/>`;
    case 'spiral':
      return [0, 1, 2, 3, 4].map((i) => html`<path d="${slanted(shaft, i * 0.24 - 0.18, 0.12, 0.16)}" fill="${paint(names[1])}"/>`);
    default:
      return null;
  }
}

/**
 * A stripe that climbs around the shaft.
 * @param {Shaft} shaft
 * @param {number} from
 * @param {number} width
 * @param {number} climb
 */
function slanted(shaft, from, width, climb) {
  const inside = (/** @type {number} */ t) => Math.min(Math.max(t, 0), 1);
  const left = [inside(from), inside(from + width)];
  const right = [inside(from + climb), inside(from + climb + width)];
  const point = (/** @type {number} */ side, /** @type {number} */ t) => `${f(shaft.x + side * half(shaft, t))} ${f(at(shaft, t))}`;
  return `M${point(-1, left[0])}L${point(-1, left[1])}L${point(1, right[1])}L${point(1, right[0])}z`;
}

/** @param {Shaft} shaft */
function windows(shaft) {
  const tall = shaft.ground - shaft.top;
  const count = Math.max(1, Math.min(4, Math.floor(tall / 28)));
  return Array.from({ length: count }, (_, i) => {
    const t = (i + 0.6) / (count + 0.4);
    return html`<rect x="${f(shaft.x - 1.2)}" y="${f(at(shaft, t))}" width="2.4" height="4.2" rx="1.2" fill="#1c2833" opacity=".7"/>`;
  });
}

/**
 * Gallery, glass and dome.
 * @param {Shaft} shaft
 * @param {number} head
 * @param {string} colour
 */
function lanternOf({ x, top, neck }, head, colour) {
  const glass = head * 0.42;
  const width = neck * 0.72;
  return html`<path d="M${f(x - neck * 1.35)} ${f(top - 2)}h${f(neck * 2.7)}v3h-${f(neck * 2.7)}z" fill="${colour}"/>
<rect class="lamp" x="${f(x - width)}" y="${f(top - 2 - glass)}" width="${f(width * 2)}" height="${f(glass)}" fill="#ffe9a8"/><path d="M${f(x)} ${f(top - 2)}v-${f(glass)}" stroke="${colour}" stroke-width=".8"/>
<path d="M${f(x - width * 1.25)} ${f(top - 2 - glass)}Q${f(x)} ${f(top - 2 - glass - head * 0.62)} ${f(x + width * 1.25)} ${f(top - 2 - glass)}z" fill="${colour}"/><path d="M${f(x)} ${f(top - glass - head * 0.3)}v-${f(head * 0.28)}" stroke="${colour}" stroke-width="1.2"/>`;
}

/** What the tower stands on, 240 units wide, with the sea at 262. @type {Record<string, { ground: number, ink: string, path: string }>} */
const bases = {
  rock: { ground: 250, ink: '#4a4f52', path: 'M66 270l14-13 16-3 8-6h34l10 7 17 2 13 13z' },
  cliff: { ground: 214, ink: '#5d574c', path: 'M0 274v-62l30-3 34 4h112l14 9 5 18 13 12 8 22z' },
  hill: { ground: 205, ink: '#4d6b4a', path: 'M0 274v-26q66-48 120-45 62 4 120 71z' },
  sand: { ground: 242, ink: '#cdb583', path: 'M0 274v-20q50-14 120-13 74 1 120 33z' },
  marsh: { ground: 240, ink: '#6f8a4c', path: 'M0 274v-20h70q16-16 50-15 34 0 50 15h52l18 20z' },
  pier: { ground: 246, ink: '#7b8288', path: 'M0 274v-28h168v28z' },
};

// The sea goes on to the right of the drawing, for boxes in which the text stands beside the tower.
const horizon = 720;
const waves = '30 0 '.repeat(horizon / 30 - 1);

/** The tower where it stands. Sky and sea are the style sheet's. @param {Card} card */
export function scene({ title, attributes }) {
  const base = bases[String(attributes.base)] ?? bases.rock;
  const metres = typeof attributes.height === 'number' ? attributes.height : 30;
  const height = Math.min(62 + metres * 1.25, base.ground - 26);
  const lampY = base.ground - height + Math.min(Math.max(height * 0.16, 10), 22) * 0.65;
  return html`<svg class="scene" viewBox="0 0 240 300" preserveAspectRatio="xMidYMax slice" role="img" aria-label="Drawing of ${title}">
<g class="stars"><path d="M22 40h0M58 22h0M96 58h0M150 30h0M188 66h0M216 28h0M38 96h0M204 112h0M170 12h0M78 84h0"/></g><circle class="moon" cx="196" cy="46" r="13"/>
<g class="beam"><path d="M120 ${f(lampY)}L-40 ${f(lampY - 26)}V${f(lampY + 26)}z"/><path d="M120 ${f(lampY)}L280 ${f(lampY - 26)}V${f(lampY + 26)}z"/></g>
<path class="far-sea" d="M0 252h${horizon}v50H0z"/><path d="${base.path}" fill="${base.ink}"/>${tower(attributes, { x: 120, ground: base.ground, height })}
<path class="near-sea" d="M0 268q15-6 30 0t${waves}v34H0z"/><path class="foam" d="M8 282q9-4 18 0M92 288q9-4 18 0M176 280q9-4 18 0M140 294q9-4 18 0M40 294q9-4 18 0"/></svg>`;
}

/** All towers on one line, to one scale, the tallest first. @param {Card[]} cards */
export function skyline(cards) {
  const tall = cards.filter(({ attributes }) => typeof attributes.height === 'number').sort((a, b) => Number(b.attributes.height) - Number(a.attributes.height));
  const step = 60;
  const left = 80;
  const width = left + tall.length * step;
  return html`<svg class="skyline-svg" viewBox="0 0 ${width} 392" width="${width}" height="392" role="group">${[50, 100].map((metres) => html`<path class="level" d="M0 ${270 - metres * 1.9}H${width}"/><text class="level-text" x="${width - 6}" y="${266 - metres * 1.9}" text-anchor="end">${metres} m</text>`)}
<path class="ground" d="M0 270h${width}"/>${tall.map((card, i) => {
    const x = left + (i + 0.5) * step;
    return html`<a href="${card.path}"><rect class="hit" x="${x - step / 2}" y="0" width="${step}" height="392"/>${tower(card.attributes, { x, ground: 270, height: Number(card.attributes.height) * 1.9 })}<text class="metres" x="${x}" y="289" text-anchor="middle">${number(Number(card.attributes.height))}</text><text class="name" transform="translate(${x + 6} 306) rotate(-40)" text-anchor="end">${card.title.replace(/^(Tower|Lanterna) of /, '')}</text></a>`;
  })}</svg>`;
}

/** @param {Card} card */
export const towerIcon = ({ title, attributes }) =>
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="${title}"><rect width="32" height="32" rx="7" fill="#1d3b53"/><g transform="translate(4 1) scale(.3)">${tower(attributes, { x: 40, ground: 96, height: 88 })}</g></svg>`;

/**
 * The rhythm of a light from its notation on charts, such as `Fl(2) W 10s`.
 * @param {unknown} character
 * @returns {Rhythm | null} null if it cannot be read
 */
export function rhythmOf(character) {
  const match = /^(Fl|Oc|Iso|F)(?:\((\d)(?:\+(\d))?\))? ([WRG]+)(?: ([\d.]+)s)?$/.exec(String(character ?? ''));
  if (!match) return null;
  const [, kind, first = '1', second, colours, seconds] = match;
  const colour = colours[0];
  if (kind === 'F') return { colour, period: 0, phases: [{ lit: true, seconds: 1 }] };
  const period = Number(seconds);
  if (!(period > 0)) return null;
  if (kind === 'Iso') return { colour, period, phases: [{ lit: true, seconds: period / 2 }, { lit: false, seconds: period / 2 }] };

  const groups = [Number(first), ...(second ? [Number(second)] : [])];
  const count = groups.reduce((sum, size) => sum + size, 0);
  const short = Math.min(0.8, period / (count * 4));
  const gap = Math.min(1.6, period / (count * 3));
  const lit = kind === 'Fl';
  /** @type {Rhythm['phases']} */
  const phases = groups.flatMap((size) => Array.from({ length: size }, (_, i) => [{ lit, seconds: short }, { lit: !lit, seconds: i < size - 1 ? gap : gap * 2 }]).flat());
  const used = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  phases[phases.length - 1].seconds += period - used;
  return { colour, period, phases };
}

/** One period as a strip of light and dark. @param {Rhythm} rhythm */
export function rhythmStrip({ colour, period, phases }) {
  const whole = period || 1;
  let from = 0;
  return html`<svg class="rhythm" data-colour="${colour}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="dark" width="100" height="8"/>${phases.map(({ lit, seconds }) => {
    const x = (100 * from) / whole;
    from += seconds;
    return lit && html`<rect class="lit" x="${x.toFixed(2)}" width="${((100 * seconds) / whole).toFixed(2)}" height="8"/>`;
  })}</svg>`;
}

/**
 * Switches the beams of the drawing on, in the light's own rhythm, or off again.
 * @param {Element} button
 */
export function switchLamp(button) {
  const drawing = button.closest('article')?.querySelector('[data-scene]');
  const rhythm = /** @type {Rhythm} */ (JSON.parse(button.getAttribute('data-lamp') ?? 'null'));
  if (!drawing || !rhythm) return;
  const on = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(on));
  button.textContent = on ? 'Hide the light' : 'Show the light';
  drawing.toggleAttribute('data-lit', on);
  drawing.setAttribute('data-colour', rhythm.colour);
  for (const part of drawing.querySelectorAll('.beam, .lamp')) {
    for (const running of part.getAnimations()) running.cancel();
    if (on && rhythm.period) part.animate(keyframes(rhythm), { duration: rhythm.period * 1000, iterations: Infinity });
  }
}

/** @param {Rhythm} rhythm @returns {Keyframe[]} */
function keyframes({ period, phases }) {
  let from = 0;
  return phases.flatMap(({ lit, seconds }) => {
    const start = from / period;
    from += seconds;
    const opacity = lit ? 1 : 0.04;
    return [{ offset: start, opacity, easing: 'linear' }, { offset: Math.max(start, Math.min(1, from / period - 0.012)), opacity, easing: 'ease-in-out' }];
  });
}
