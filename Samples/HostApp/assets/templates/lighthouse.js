// @ts-check
import { embeddedCards, targetsOf } from '../card.js';
import { html } from '../html.js';
import { anyCard, embedded, lead, link, paragraphs, title } from './any-card.js';
import { rhythmOf, rhythmStrip, scene, skyline, towerIcon } from './lighthouse-drawing.js';
import { capitalised, number, shown, words } from './words.js';

/**
 * @typedef {import('../card.js').Card} Card
 * @typedef {import('../page.js').Page} Page
 */

/** @type {import('./templates.js').Template} */
export const lighthouse = {
  ...anyCard,

  isolated(card, page) {
    const { attributes: a } = card;
    const rhythm = rhythmOf(a.character);
    return html`<article class="light-page">
<figure class="light-scene" data-scene>${scene(card)}<figcaption>${a.position}</figcaption></figure>
<div class="light-story">
<header><p class="kicker">${[a.country, a.waters].map(shown).filter(Boolean).join(' · ')}</p>${title(card)}${lead(card)}</header>
${paragraphs(card)}
${rhythm && html`<section class="light-rhythm"><h2>Its light</h2><p><code>${a.character}</code> ${rhythm.period ? `repeats every ${number(rhythm.period)} seconds` : 'burns steadily'}</p>${rhythmStrip(rhythm)}<button type="button" data-lamp="${JSON.stringify(rhythm)}" aria-pressed="false">Show the light</button></section>`}
<dl class="light-log">${[
  ['Built', shownYear(a.built)],
  ['Tower', metres(a.height)],
  ['Light above the sea', metres(a.focalHeight)],
  ['Range', typeof a.range === 'number' ? `${number(a.range)} nautical miles` : ''],
  ['Made of', capitalised(shown(a.material))],
  ['In service', a.active ? 'Yes' : 'No, a monument'],
].filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${['nearby', 'readMore'].map((name) => targetsOf(card, name).length > 0 && html`<section><h2>${words(name)}</h2><p class="atoms">${targetsOf(card, name).map((id) => html`${link(id, page)} `)}</p></section>`)}
</div>
</article>`;
  },

  embedded: (card) => html`<a class="light-embedded" href="${card.path}">${towerIcon(card)}<span><strong>${card.title}</strong> ${card.description}</span></a>`,

  fitted: (card) => html`<a class="light-card" href="${card.path}">${scene(card)}<span class="light-card-text"><strong>${card.title}</strong><span>${[card.attributes.country, card.attributes.built].map(shownYear).filter(Boolean).join(', ')}</span></span></a>`,

  atom: (card) => html`<a class="card-atom light-atom" href="${card.path}">${card.title}</a>`,

  icon: towerIcon,
};

/** The overview: all towers side by side to one scale, then each in its landscape. @type {import('./templates.js').Template} */
export const coast = {
  ...anyCard,

  isolated(card, page) {
    const towers = card.embeds.find(({ name }) => name === 'towers');
    const cards = embeddedCards(card, 'towers', page.cards);
    return html`<article class="coast-page">
<header class="card-head">${title(card)}${lead(card)}</header>
${paragraphs(card)}
<div class="skyline" role="region" aria-label="The towers by height" tabindex="0">${skyline(cards)}</div>
${towers && embedded(towers, page)}
<section><h2>To read</h2><p class="atoms">${targetsOf(card, 'guides').map((id) => html`${link(id, page)} `)}</p></section>
</article>`;
  },
};

/** @param {unknown} year */
const shownYear = (year) => (typeof year === 'number' ? String(year) : shown(year));

/** @param {unknown} height */
const metres = (height) => (typeof height === 'number' ? `${number(height)} m` : '');
