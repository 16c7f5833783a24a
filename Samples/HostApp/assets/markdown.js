// @ts-check
import { safeUrl } from './html.js';

/**
 * Plain text as Markdown that shows exactly this text: one line, nothing in it is markup.
 * @param {unknown} value
 */
export function plain(value) {
  return String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>()#|~!&]/g, '\\$&')
    .replace(/^([-+=])(?=\1|\s|$)/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/**
 * @param {unknown} text
 * @param {unknown} url
 */
export function mdLink(text, url) {
  const safe = safeUrl(url);
  return safe === null ? plain(text) : `[${plain(text)}](<${safe.replace(/[<>\\\s]/g, encodeURIComponent)}>)`;
}

/**
 * A document of blocks; those that are empty fall out.
 * @param {(string | null | undefined | false)[]} blocks
 */
export function mdBlocks(blocks) {
  return blocks.filter(Boolean).join('\n\n') + '\n';
}
