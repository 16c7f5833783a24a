// Captures the current document without changing it. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const write = globalThis.fleetHtml;
  const inputType = getter(HTMLInputElement, 'type');
  const inputValue = getter(HTMLInputElement, 'value');
  const inputDefault = getter(HTMLInputElement, 'defaultValue');
  const isChecked = getter(HTMLInputElement, 'checked');
  const isSelected = getter(HTMLOptionElement, 'selected');
  const areaValue = getter(HTMLTextAreaElement, 'value');
  const areaDefault = getter(HTMLTextAreaElement, 'defaultValue');
  const localName = getter(Element, 'localName');
  const openRoot = getter(Element, 'shadowRoot');
  const closedRoot = globalThis.__fleetShadowRootOf;
  const shadowRoots = globalThis.__fleetShadowRoots;
  const indexOf = uncurry(String.prototype.indexOf);
  const namespaceOf = getter(Element, 'namespaceURI');
  const htmlStyleSheet = getter(HTMLStyleElement, 'sheet');
  const svgStyleSheet = getter(SVGStyleElement, 'sheet');
  const HTML = 'http://www.w3.org/1999/xhtml';
  const SVG = 'http://www.w3.org/2000/svg';
  const styleSheet = (element) => (namespaceOf(element) === SVG ? svgStyleSheet(element) : htmlStyleSheet(element));
  const linkSheet = getter(HTMLLinkElement, 'sheet');
  const isDisabled = getter(StyleSheet, 'disabled');
  const mediaOf = getter(StyleSheet, 'media');
  const mediaText = getter(MediaList, 'mediaText');
  const matchMedia = globalThis.matchMedia.bind(globalThis);
  const normalized = getter(MediaQueryList, 'media');
  const textContent = getter(Node, 'textContent');
  const typeOf = getter(Document, 'contentType');
  const nodeType = getter(Node, 'nodeType');
  const documentSheets = getter(Document, 'adoptedStyleSheets');
  const rootSheets = getter(ShadowRoot, 'adoptedStyleSheets');
  const hrefOf = getter(StyleSheet, 'href');
  const lower = uncurry(String.prototype.toLowerCase);
  const queryAll = uncurry(Document.prototype.querySelectorAll);
  const queryRoot = uncurry(DocumentFragment.prototype.querySelectorAll);
  const query = uncurry(Document.prototype.querySelector);
  const attribute = uncurry(Element.prototype.getAttribute);
  const times = performance;
  const timesOf = uncurry(Performance.prototype.getEntriesByType);
  const timeName = getter(PerformanceEntry, 'name');
  const initiator = getter(PerformanceResourceTiming, 'initiatorType');

  // The text of an element contains neither rules that were inserted by script nor adopted style sheets.
  const css = globalThis.__fleetCss;
  delete globalThis.__fleetCss;
  const { find: findEnds, of: endOf } = globalThis.__fleetEnds;
  delete globalThis.__fleetEnds;
  const { begin: beginSheets, changed, adopted, isBlobUrl, registered } = globalThis.__fleetSheets;
  delete globalThis.__fleetSheets;
  const blobs = globalThis.__fleetBlobs;
  delete globalThis.__fleetBlobs;
  const place = globalThis.__fleetPlace;
  delete globalThis.__fleetPlace;
  const policy = globalThis.__fleetPolicy;
  delete globalThis.__fleetPolicy;
  let isMoved = false;
  let hasPolicy = false;

  const isWithBlob = (text) => text !== null && indexOf(text, 'blob:') >= 0;

  /** Whether a sheet applies differently from what its element says: it is disabled, or has other media. */
  const changedMedia = (element, sheet) => {
    // Its rules are written behind it.
    if (isBlobUrl(hrefOf(sheet))) return { __proto__: null, href: null, media: 'not all' };
    if (isDisabled(sheet) || changed(sheet)?.all !== undefined) return { __proto__: null, media: 'not all' };
    const media = mediaText(mediaOf(sheet));
    return normalized(matchMedia(attribute(element, 'media') ?? '')) === media ? null : { __proto__: null, media };
  };

  /** Another encoding that a meta element names: the document is written as UTF-8, whatever it was sent as. Or a policy, with what it must allow. */
  const metaAttributes = (element) => {
    if (hasPolicy && lower(attribute(element, 'http-equiv') ?? '') === 'content-security-policy') return { __proto__: null, content: policy.content(element) };
    const charset = attribute(element, 'charset');
    if (charset !== null) return lower(charset) === 'utf-8' ? null : { __proto__: null, charset: 'utf-8' };
    const type = lower(attribute(element, 'http-equiv') ?? '') === 'content-type' ? lower(attribute(element, 'content') ?? '') : 'utf-8';
    return indexOf(type, 'utf-8') >= 0 ? null : { __proto__: null, content: 'text/html; charset=utf-8' };
  };

  // Elements that show what only the page has, by attributes with its URL. Scripts, frames and links are none of them.
  const showing = { __proto__: null, img: true, source: true, input: true, video: true, image: true, feImage: true, link: true };
  const SHOWN = ['src', 'srcset', 'poster', 'href', 'xlink:href'];

  /** Adds the data of blob: URLs to the changed attributes of an element. */
  const withData = (element, name, own) => {
    const added = { __proto__: null };
    const style = own?.style ?? attribute(element, 'style');
    if (isWithBlob(style)) added.style = blobs.inlined(style);
    for (let i = 0; i < SHOWN.length && showing[name]; i++) {
      const value = attribute(element, SHOWN[i]);
      if (isWithBlob(value) && !(own !== null && SHOWN[i] in own)) added[SHOWN[i]] = blobs.inlined(value);
    }
    return { __proto__: null, ...own, ...added };
  };

  const ownAttributes = (element, name) => {
    const namespace = namespaceOf(element);
    if (namespace !== HTML && (namespace !== SVG || name !== 'style')) return null;
    if (name === 'style' || name === 'link') {
      const sheet = name === 'style' ? styleSheet(element) : linkSheet(element);
      if (sheet === null) return null;
      // An alternate sheet is disabled until the user, or a script, chooses it.
      if (name !== 'link' || indexOf(lower(attribute(element, 'rel') ?? ''), 'alternate') < 0) return changedMedia(element, sheet);
      return isDisabled(sheet) ? null : { __proto__: null, rel: 'stylesheet', title: null, ...changedMedia(element, sheet) };
    }
    if (name === 'meta') return metaAttributes(element);
    if (name === 'option') return { __proto__: null, selected: isSelected(element) ? '' : null };
    if (name !== 'input') return null;
    const type = inputType(element);
    if (type === 'checkbox' || type === 'radio') return { __proto__: null, checked: isChecked(element) ? '' : null };
    if (type === 'password' || type === 'file' || inputValue(element) === inputDefault(element)) return null;
    return { __proto__: null, value: inputValue(element) };
  };

  const styles = { __proto__: null, [HTML]: getter(HTMLElement, 'style'), [SVG]: getter(SVGElement, 'style'), 'http://www.w3.org/1998/Math/MathML': getter(MathMLElement, 'style') };
  const computed = globalThis.getComputedStyle;

  /** A style attribute that scripts have set. Of a shorthand with a variable, of which they set a part anew, it has only the names: the values are what it computes to. */
  const withComputed = (element) => css.completed(styles[namespaceOf(element)](element), computed(element));

  // State that is not in the tree: form values live in properties, whereas HTML has only attributes.
  const live = {
    attributes(element, name) {
      let own = ownAttributes(element, name);
      let style = attribute(element, 'style');
      if (style !== null && css.isIncomplete(style) && styles[namespaceOf(element)] !== undefined) own = { __proto__: null, ...own, style: (style = withComputed(element)) };
      const end = endOf(element);
      if (end !== undefined) {
        own = { __proto__: null, ...own, style: style === null ? end : `${style}; ${end}` };
      }
      if (isMoved) own = place.attributes(element, name, own);
      if (!blobs.isEmpty()) own = withData(element, name, own);
      if (hasPolicy) policy.addAttribute(element, namespaceOf(element), own?.style ?? attribute(element, 'style'));
      return own;
    },
    text(element, name) {
      if (name === 'textarea') return areaValue(element) === areaDefault(element) ? null : areaValue(element);
      if (name !== 'style') return null;
      const sheet = styleSheet(element);
      const text = sheet === null ? '' : css.current(sheet, textContent(element));
      return text === '' ? null : blobs.inlined(text);
    },
    /** Rules that apply before or after those of a link, with their media. */
    around(element, name) {
      const sheet = name === 'link' ? linkSheet(element) : null;
      const rules = sheet === null || isDisabled(sheet) ? null : changed(sheet);
      return rules === null ? null : { __proto__: null, before: blobs.inlined(rules.before ?? ''), after: blobs.inlined(rules.after ?? rules.all), media: mediaText(mediaOf(sheet)) };
    },
    styles(scope) {
      const sheets = nodeType(scope) === 9 ? documentSheets(scope) : rootSheets(scope);
      let text = nodeType(scope) === 9 ? registered() + blobs.fontRules() : '';
      for (let i = 0; i < sheets.length; i++) {
        const rules = adopted(sheets[i]);
        if (rules !== '') text += `${text === '' ? '' : '\n'}${rules}`;
      }
      return blobs.inlined(text);
    },
    /** Whether sheets of the body come before those of `styles(document)`, which apply last. */
    endsBody: () => query(document, 'body style, body link[rel~=stylesheet i]') !== null,
    base: place.added,
    /** Called with the text of each style element that applies. */
    styled: policy.addElement,
  };

  const metas = (name) => {
    const found = list();
    const elements = queryAll(document, `meta[name="${name}" i]`);
    for (let i = 0; elements[i] !== undefined; i++) found[i] = attribute(elements[i], 'content') ?? '';
    return found;
  };

  // What the document shows may come from what it read in an earlier visit.
  let earlier = list();
  const reads = () => {
    const read = list();
    for (let i = 0; i < earlier.length; i++) read[i] = earlier[i];
    const entries = timesOf(times, 'resource');
    for (let i = 0; i < entries.length; i++) {
      const by = initiator(entries[i]);
      if (by === 'fetch' || by === 'xmlhttprequest') read[read.length] = timeName(entries[i]);
    }
    return read;
  };

  const forgetTimes = uncurry(Performance.prototype.clearResourceTimings);
  // Called between two visits, with a URL that the document did not read itself.
  Object.defineProperty(globalThis, '__fleetForgetReads', { configurable: true, value: (url) => {
    const known = reads();
    earlier = list();
    for (let i = 0; i < known.length; i++) if (known[i] !== url) earlier[earlier.length] = known[i];
    forgetTimes(times);
  } });

  // The first of meta refresh that leads elsewhere soon, as its delay in seconds and its URL.
  const refresh = () => {
    const found = queryAll(document, 'meta[http-equiv="refresh" i]')[0];
    return found === undefined ? null : attribute(found, 'content');
  };

  // Prerender's name, or Rendertron's.
  const statusCode = () => metas('prerender-status-code')[0] ?? metas('render:status_code')[0] ?? null;

  // Reports what the document declares at the time when it is about to leave.
  const leaving = globalThis.__fleetLeaving;
  delete globalThis.__fleetLeaving;
  if (leaving !== undefined && globalThis.navigation) {
    const quote = JSON.stringify;
    const destination = getter(NavigateEvent, 'destination');
    const isSameDocument = getter(NavigationDestination, 'sameDocument');
    navigation.addEventListener('navigate', (event) => {
      if (isSameDocument(destination(event))) return;
      const headers = metas('prerender-header');
      let declared = quote(statusCode());
      for (let i = 0; i < headers.length; i++) declared += `,${quote(headers[i])}`;
      leaving(`[${declared}]`);
    });
  }

  // The parser can attach closed shadow roots, which no script sees, also inside of other roots. Hosts are usually custom elements.
  const MAX_SUSPECTS = 100;
  const suspects = () => {
    const found = list();
    const roots = shadowRoots();
    for (let k = -1; k < roots.length; k++) {
      const elements = k < 0 ? queryAll(document, '*') : queryRoot(roots[k], '*');
      for (let i = 0, element = elements[0]; element !== undefined && found.length < MAX_SUSPECTS; element = elements[++i]) {
        const root = openRoot(element);
        // Those of the parser are not among the known ones.
        if (root !== null && closedRoot(element) === undefined) roots[roots.length] = root;
        if (root === null && indexOf(localName(element), '-') > 0 && closedRoot(element) === undefined) found[found.length] = element;
      }
    }
    return found;
  };
  Object.defineProperty(globalThis, '__fleetSuspects', { value: suspects });

  const capture = async (maxLength, asked) => {
    const loading = blobs.load();
    if (loading !== null) await loading;
    findEnds();
    beginSheets();
    isMoved = place.begin(asked);
    hasPolicy = policy.begin();
    const html = write(document, live);
    if (html.length > maxLength) return { tooLarge: html.length };
    return { url: location.href, html, type: typeOf(document), statusCode: statusCode(), headers: metas('prerender-header'), refresh: refresh(), read: reads(), suspects: suspects().length, policy: policy.found() };
  };
  Object.defineProperty(globalThis, '__fleetCapture', { value: capture });
})();
