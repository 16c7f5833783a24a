// Finds what relative URLs mean where the document is served: at the URL that was asked for. If the page has moved to another folder since (history.replaceState),
// they mean something else there. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const Address = URL;
  const hrefOf = getter(URL, 'href');
  const originOf = getter(URL, 'origin');
  const pathOf = getter(URL, 'pathname');
  const searchOf = getter(URL, 'search');
  const baseOf = getter(Node, 'baseURI');
  const query = uncurry(Document.prototype.querySelector);
  const attribute = uncurry(Element.prototype.getAttribute);
  const lastIndexOf = uncurry(String.prototype.lastIndexOf);
  const slice = uncurry(String.prototype.slice);

  const times = performance;
  const entriesOf = uncurry(Performance.prototype.getEntriesByType);
  const nameOf = getter(PerformanceEntry, 'name');

  let base = null;
  let served = null;
  let own = null;
  let read = { __proto__: null };
  const resolve = (url, from) => {
    try {
      return new Address(url, from);
    } catch {
      return null;
    }
  };
  const folderOf = (url) => slice(pathOf(url), 0, lastIndexOf(pathOf(url), '/') + 1);

  /** Begins a capture, with the URL that was asked for. Returns whether the page has moved. */
  const begin = (asked) => {
    base = null;
    own = query(document, 'base[href]');
    served = resolve(own === null ? '' : attribute(own, 'href'), asked);
    const seen = resolve(baseOf(document));
    if (served === null || seen === null || originOf(served) !== originOf(seen) || folderOf(served) === folderOf(seen)) return false;
    base = pathOf(seen) + searchOf(seen);
    read = { __proto__: null };
    const entries = entriesOf(times, 'resource');
    for (let i = 0; i < entries.length; i++) read[nameOf(entries[i])] = true;
    return true;
  };

  /** The base that the document needs; null for none, or if it has a base element of its own, whose attribute changes. */
  const added = () => (own === null ? base : null);

  /** The attributes of an element that has URLs: what the page has read before it moved stays what it was. */
  const attributes = (element, name, changed) => {
    if (element === own) return { __proto__: null, href: base };
    const key = name === 'link' ? 'href' : 'src';
    const value = name === 'link' || name === 'img' || name === 'script' ? attribute(element, key) : null;
    if (value === null || (changed !== null && key in changed)) return changed;
    const before = resolve(value, hrefOf(served));
    const now = resolve(value, baseOf(document));
    if (before === null || !read[hrefOf(before)] || (now !== null && hrefOf(now) === hrefOf(before))) return changed;
    return { __proto__: null, ...changed, [key]: pathOf(before) + searchOf(before) };
  };

  // Taken by capture.js.
  globalThis.__fleetPlace = { begin, added, attributes };
})();
