// @ts-check
/**
 * @typedef {{ name: string, targets: string[] }} Link
 * @typedef {{ name: string, format: 'embedded' | 'fitted' | 'atom', ids: string[] }} Embed
 * @typedef {{ id: string, path: string, type: string, title: string, description: string, text: string[],
 *   attributes: Record<string, unknown>, links: Link[], embeds: Embed[] }} Card
 * @typedef {{ path: string, name: string, description: string, index: string, theme: Record<string, any> }} Realm
 */

const idPattern = /^[a-z0-9-][\w-]{0,63}$/i;

/** @param {string} text */
export const isId = (text) => idPattern.test(text);

/**
 * The realm as the realm server announces it, with everything that is missing filled in.
 * @param {any} json
 * @returns {Realm}
 */
export function readRealm(json) {
  const path = new URL(word(json?.url), location.origin).pathname;
  const theme = isObject(json?.theme) ? json.theme : {};
  return { path, name: word(json?.name) || path, description: word(json?.description), index: word(json?.index) || 'index', theme };
}

/**
 * @param {Realm} realm
 * @param {string} id
 */
export const cardPath = (realm, id) => realm.path + (id === realm.index ? '' : encodeURIComponent(id));

/**
 * A card from its JSON, whatever people wrote into it: templates may rely on every field being there and of its kind.
 * @param {any} json
 * @param {string} id
 * @param {Realm} realm
 * @returns {Card}
 */
export function readCard(json, id, realm) {
  return {
    id,
    path: cardPath(realm, id),
    type: word(json.type) || 'card',
    title: word(json.title) || id,
    description: word(json.description),
    text: list(json.text).map(word).filter(Boolean),
    attributes: isObject(json.attributes) ? json.attributes : {},
    links: entries(json.links).map(([name, targets]) => ({ name, targets: list(targets).map(word).filter(Boolean) })),
    embeds: entries(json.embeds)
      .filter(([, embed]) => isObject(embed))
      .map(([name, embed]) => ({
        name,
        format: ['embedded', 'fitted', 'atom'].includes(embed.format) ? embed.format : 'fitted',
        ids: list(embed.cards).map(word).filter(isId),
      })),
  };
}

/**
 * The cards of its own realm that a card mentions; they are what a page of it needs besides the card itself.
 * @param {Card} card
 */
export function mentions(card) {
  const ids = new Set([...card.links.flatMap((link) => link.targets.filter(isId)), ...card.embeds.flatMap((embed) => embed.ids)]);
  ids.delete(card.id);
  return [...ids];
}

/**
 * @param {Card} card
 * @param {string} name
 * @returns {string[]}
 */
export const targetsOf = (card, name) => card.links.find((link) => link.name === name)?.targets ?? [];

/**
 * The cards that a card embeds under a name, as far as the page has read them.
 * @param {Card} card
 * @param {string} name
 * @param {Map<string, Card>} cards
 */
export const embeddedCards = (card, name, cards) =>
  (card.embeds.find((embed) => embed.name === name)?.ids ?? []).map((id) => cards.get(id)).filter((other) => other !== undefined);

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} value @returns {[string, any][]} */
const entries = (value) => (isObject(value) ? Object.entries(value) : []);

/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]);

/** @param {unknown} value */
const word = (value) => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '');
