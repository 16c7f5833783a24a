// @ts-check
import { cardPath, isId, isObject, mentions, readCard, readRealm } from './card.js';
import { PageError } from './visit.js';
import { headOf } from './head.js';
import { boxed, frame } from './templates/frame.js';
import { home, homeMarkdown, notFound } from './templates/home.js';
import { templateOf } from './templates/templates.js';

/**
 * @typedef {import('./card.js').Card} Card
 * @typedef {import('./card.js').Realm} Realm
 * @typedef {{ status: number, path: string, origin: string, etag: string, realms: Realm[], realm: Realm | null, card: Card | null,
 *   cards: Map<string, Card>, show: (card: Card, format: 'embedded' | 'fitted' | 'atom') => import('./html.js').Html }} Page
 */

/** The formats that this host renders. */
export const formats = ['isolated', 'embedded', 'fitted', 'atom', 'head', 'icon', 'markdown'];

/** @type {Page} */
export const emptyPage = {
  status: 200,
  path: '/',
  origin: location.origin,
  etag: '',
  realms: [],
  realm: null,
  card: null,
  cards: new Map(),
  show: (card, format) => templateOf(card)[format](card),
};

/**
 * Reads all that the page of a URL shows.
 * @param {string} href
 * @param {import('./visit.js').Visit} visit
 * @returns {Promise<Page>}
 */
export async function loadPage(href, visit) {
  const url = new URL(href, location.origin);
  if (url.origin !== location.origin) throw new PageError('content', `This host renders pages of ${location.origin}, not of ${url.origin}.`);
  const atHome = url.pathname === '/';
  // Both at once: which realm a URL belongs to need not be known to ask for the card.
  const [realmList, answer] = await Promise.all([visit.read('/_realms'), atHome ? null : visit.read(url.pathname)]);
  const realms = (Array.isArray(realmList?.json) ? realmList.json : []).map(readRealm);
  const page = { ...emptyPage, path: url.pathname, realms };
  if (atHome) return page;

  const listed = realmOf(url.pathname, realms);
  const realm = listed ?? (answer ? await unlistedRealm(url.pathname, visit) : null);
  const id = realm && idIn(realm, url.pathname);
  if (!realm || !id || !answer) return { ...page, realm, status: 404 };
  if (!listed) page.realms = [...realms, realm];
  if (!isObject(answer.json)) throw new PageError('content', `${url.href} is not a card: a card is a JSON object.`, { url: url.href });

  const card = readCard(answer.json, id, realm);
  const ids = mentions(card);
  const others = ids.length ? await visit.readCards(realm.path, ids, (other) => cardPath(realm, other)) : {};
  const cards = new Map([[id, card]]);
  for (const other of ids) if (isObject(others[other])) cards.set(other, readCard(others[other], other, realm));
  return { ...page, path: card.path, realm, card, cards, etag: answer.etag };
}

/**
 * One format of a page as text. `isolated` is exactly what the app puts into its root element.
 * @param {Page} page
 * @param {string} format
 * @returns {string | null} null for a format that this host does not know
 */
export function renderFormat(page, format) {
  if (format === 'head') return headOf(page).text;
  const { card } = page;
  const template = card && templateOf(card);
  switch (format) {
    case 'isolated':
      return frame(page, template ? template.isolated(card, page) : page.status === 404 ? notFound(page) : home(page)).text;
    case 'fitted':
      return template ? boxed(page, template.fitted(card, page.cards)).text : '';
    case 'embedded':
    case 'atom':
    case 'icon':
      return template ? template[format](card).text : '';
    case 'markdown':
      return template ? template.markdown(card, page) : page.status === 404 ? '# Not found\n' : homeMarkdown(page);
    default:
      return null;
  }
}

/**
 * What a search index wants to know of a page.
 * @param {Page} page
 */
export function dataOf({ card, realm }) {
  if (!card) return { searchDoc: null, types: [] };
  const { type, title, description, text, attributes, path } = card;
  return { searchDoc: { title, description, type, path, realm: realm?.name, text: text.join('\n'), attributes }, types: [...new Set([type, 'card'])] };
}

/**
 * The realm with the longest path that the URL's path starts with.
 * @param {string} pathname
 * @param {Realm[]} realms
 */
export function realmOf(pathname, realms) {
  return realms.filter(({ path }) => `${pathname}/`.startsWith(path)).reduce(longer, /** @type {Realm | null} */ (null));
}

/**
 * @param {Realm | null} best
 * @param {Realm} realm
 */
const longer = (best, realm) => (best && best.path.length >= realm.path.length ? best : realm);

/**
 * A private realm is in no list. The key that reads its cards reads its description too.
 * @param {string} pathname
 * @param {import('./visit.js').Visit} visit
 */
async function unlistedRealm(pathname, visit) {
  const own = await visit.read(`/${pathname.split('/')[1]}/_realm`);
  return own && readRealm(own.json);
}

/**
 * @param {Realm} realm
 * @param {string} pathname
 */
function idIn(realm, pathname) {
  const rest = pathname.slice(realm.path.length);
  return rest === '' ? realm.index : isId(rest) ? rest : null;
}
