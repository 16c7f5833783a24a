'use strict';
// Affinities, URLs, names and console texts come from the registry and from pages: they reach the document as text nodes and attribute values only, never as markup.
const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const el = (tag, properties, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
};
const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
// Each of these touches the document only if something has changed.
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const set = (node, name, value) => { if (node[name] !== value) node[name] = value; };
const attribute = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };

/** Shows entries as children of a container, one node per key: a node stays as long as its key does. */
function keyed(container, entries, create, update) {
  const nodes = container.nodes ??= new Map();
  const keys = new Set();
  let place = container.firstChild;
  for (const [key, value] of entries) {
    keys.add(key);
    let node = nodes.get(key);
    if (!node) nodes.set(key, node = create(key, value));
    if (node === place) place = place.nextSibling;
    else container.insertBefore(node, place);
    update?.(node, value, key);
  }
  for (const [key, node] of nodes) {
    if (!keys.has(key)) { node.remove(); nodes.delete(key); }
  }
}

const ms = value => !(value > 0) ? '–' : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
const duration = seconds => {
  seconds = Math.max(0, Math.round(seconds));
  return seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : seconds < 129600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
};
const number = value => value === 0 ? '0' : value.toFixed(value < 10 ? 1 : 0);
const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;
