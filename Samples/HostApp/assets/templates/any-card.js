// @ts-check
import { isId } from '../card.js';
import { html, safeUrl } from '../html.js';
import { mdBlocks, mdLink, plain } from '../markdown.js';
import { shown, words } from './words.js';

/**
 * @typedef {import('../card.js').Card} Card
 * @typedef {import('../card.js').Embed} Embed
 * @typedef {import('../page.js').Page} Page
 */

/** The template of cards whose type has none of its own, and what the others are made from. */
export const anyCard = {
  /** The card on a page of its own. @param {Card} card @param {Page} page */
  isolated: (card, page) => html`<article class="card-page">
<header class="card-head">${title(card)}${lead(card)}</header>
${paragraphs(card)}${facts(card.attributes)}${embeds(card, page)}${links(card, page)}
</article>`,

  /** The card inside another one. @param {Card} card */
  embedded: (card) => html`<a class="card-embedded" href="${card.path}"><strong>${card.title}</strong>${card.description && html`<span>${card.description}</span>`}</a>`,

  /** The card in a box of any size. @param {Card} card @param {Page['cards']} [_cards] of the card's own page; other pages have none of them */
  fitted: (card, _cards) => tile(card),

  /** The card in running text. @param {Card} card */
  atom: (card) => html`<a class="card-atom" href="${card.path}">${card.title}</a>`,

  /** The card as a picture. @param {Card} card */
  icon: (card) => html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="${card.title}"><rect width="32" height="32" rx="7" fill="#334155"/><text x="16" y="22" text-anchor="middle" font-family="system-ui, sans-serif" font-size="16" font-weight="600" fill="#fff">${[...card.title][0]}</text></svg>`,

  /** The card as Markdown. @param {Card} card @param {Page} page */
  markdown: (card, page) => mdBlocks([
    `# ${plain(card.title)}`,
    plain(card.description),
    ...card.text.map(plain),
    known(card.attributes).map(([name, value]) => `- ${plain(words(name))}: ${plain(value)}`).join('\n'),
    ...[...card.embeds.map(({ name, ids }) => ({ name, targets: ids })), ...card.links].map(({ name, targets }) =>
      [`## ${plain(words(name))}`, '', ...targets.map((target) => `- ${mdTarget(target, page)}`)].join('\n')),
  ]),
};

/** @param {Card} card @param {import('../html.js').Html} [drawing] shown where the box is large enough for it */
export const tile = (card, drawing) => html`<a class="card-fitted" href="${card.path}">${drawing}<strong>${card.title}</strong><span>${card.description}</span></a>`;

/** @param {Card} card */
export const title = (card) => html`<h1 tabindex="-1">${card.title}</h1>`;

/** @param {Card} card */
export const lead = (card) => card.description && html`<p class="lead">${card.description}</p>`;

/** @param {Card} card */
export const paragraphs = (card) => card.text.length > 0 && html`<div class="prose">${card.text.map((text) => html`<p>${text}</p>`)}</div>`;

/**
 * @param {Record<string, unknown>} attributes
 * @returns {[string, string][]} what is known, in the card's order
 */
export const known = (attributes) =>
  Object.entries(attributes).map(([name, value]) => /** @type {[string, string]} */ ([name, shown(value)])).filter(([, value]) => value !== '');

/** @param {Record<string, unknown>} attributes */
export function facts(attributes) {
  const rows = known(attributes);
  return rows.length > 0 && html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${words(name)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/**
 * @param {Card} card
 * @param {Page} page
 */
export const embeds = (card, page) => card.embeds.map((embed) => html`<section class="embeds"><h2>${words(embed.name)}</h2>${embedded(embed, page)}</section>`);

/**
 * @param {Embed} embed
 * @param {Page} page
 */
export const embedded = ({ format, ids }, page) => html`<ul class="embeds-${format}">${ids.map((id) => {
  const card = page.cards.get(id);
  return card && html`<li>${page.show(card, format)}</li>`;
})}</ul>`;

/**
 * @param {Card} card
 * @param {Page} page
 */
export const links = (card, page) => card.links.length > 0 && html`<section class="links"><h2>Links</h2><dl>${card.links.map(({ name, targets }) =>
  html`<div><dt>${words(name)}</dt><dd>${targets.map((target) => html`${link(target, page)} `)}</dd></div>`)}</dl></section>`;

/**
 * A target of a link: a card of this realm by its id, a path of this site or a URL. What leads nowhere stays text.
 * @param {string} target
 * @param {Page} page
 */
export function link(target, page) {
  const card = page.cards.get(target);
  if (card) return page.show(card, 'atom');
  if (isId(target) || safeUrl(target) === null) return html`<span class="card-missing">${target}</span>`;
  return html`<a class="card-atom" rel="noopener" href="${target}">${urlName(target)}</a>`;
}

/**
 * @param {string} target
 * @param {Page} page
 */
function mdTarget(target, page) {
  const card = page.cards.get(target);
  if (card) return mdLink(card.title, page.origin + card.path);
  return isId(target) ? plain(target) : mdLink(urlName(target), target.startsWith('/') ? page.origin + target : target);
}

/** @param {string} url */
const urlName = (url) => (url.startsWith('/') && !url.startsWith('//') ? words(url.split('/').filter(Boolean).at(-1) ?? url) : url.replace(/^https?:\/\//, ''));
