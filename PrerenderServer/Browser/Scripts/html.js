// Serializes nodes as HTML that parses to the same tree or a subset of it, never to more. A DOM may contain trees that no HTML text represents.
// The browsers' serializers write those as well, so that text or inert content becomes active markup when it is parsed again. Here:
//   * Text never opens a tag (escape.js). It is escaped where the parser decodes entities. Elsewhere it is escaped in the language of the element
//     (JSON, CSS, JavaScript), or omitted (noscript, iframe, noembed and noframes, which show nothing in a page whose scripts run).
//   * An element is written only if the parser creates the same element in the same namespace, an attribute only if the parser gives it the same
//     name (names.js).
//   * The contents of a template stay inert.
// Runs before any script of the document and saves the built-ins that it needs: a page may replace them, and forms shadow properties with their controls.
// Code that runs later must therefore not iterate, destructure, or call methods of objects.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is serialized
  const nodeType = getter(Node, 'nodeType');
  const firstChild = getter(Node, 'firstChild');
  const nextSibling = getter(Node, 'nextSibling');
  const previousSibling = getter(Node, 'previousSibling');
  const ownNames = Object.getOwnPropertyNames;
  const dataOf = getter(CharacterData, 'data');
  const localName = getter(Element, 'localName');
  const namespaceOf = getter(Element, 'namespaceURI');
  const openRoot = getter(Element, 'shadowRoot');
  const closedRoot = globalThis.__fleetShadowRootOf;
  const attributeNames = uncurry(Element.prototype.getAttributeNames);
  const attributeNS = uncurry(Element.prototype.getAttributeNS);
  const templateContent = getter(HTMLTemplateElement, 'content');
  const modeOf = getter(ShadowRoot, 'mode');
  const delegatesFocus = getter(ShadowRoot, 'delegatesFocus');
  const isSerializable = getter(ShadowRoot, 'serializable');
  const isClonable = getter(ShadowRoot, 'clonable');
  const rootElement = getter(Document, 'documentElement');
  const headOf = getter(Document, 'head');
  const bodyOf = getter(Document, 'body');
  const doctypeOf = getter(Document, 'doctype');
  const compatMode = getter(Document, 'compatMode');
  const doctypeName = getter(DocumentType, 'name');
  const publicId = getter(DocumentType, 'publicId');
  const systemId = getter(DocumentType, 'systemId');
  const indexOf = uncurry(String.prototype.indexOf);
  const startsWith = uncurry(String.prototype.startsWith);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const trim = uncurry(String.prototype.trim);

  const { HTML, SVG, MATHML, XLINK, XML, XMLNS, voids, hollow, headed, misread, svgAttributes, mathAttributes, xlinkAttributes } = globalThis.__fleetNames;
  const { isName, isElementName, isForeign, contextIn, forget } = globalThis.__fleetNames;
  delete globalThis.__fleetNames;
  const { escape, comment, json, script, isJson, css } = globalThis.__fleetEscape;
  delete globalThis.__fleetEscape;

  // A parser makes one text node of two in a row. React expects them apart when it hydrates ({count} EUR), and so its own server rendering writes an empty
  // comment between them. Nothing else reads one as a boundary, so it is written between text nodes that React has made only.
  const isOfReact = (text) => {
    const names = ownNames(text);
    for (let i = 0; i < names.length; i++) if (startsWith(names[i], '__reactFiber$')) return true;
    return false;
  };
  const isApart = (text) => {
    const before = previousSibling(text);
    return before !== null && nodeType(before) === 3 && dataOf(before) !== '' && isOfReact(text) && isOfReact(before);
  };

  const FRAMES = 'frameset';
  // Beyond a nesting depth of 512, Chromium's parser puts the contents of a template next to it. It also adds up to two table elements for each written one.
  const MAX_TEMPLATE_DEPTH = 160;

  /** The text of an element that cannot have other children in the parser. */
  const childText = (element) => {
    let text = '';
    for (let child = firstChild(element); child !== null; child = nextSibling(child)) {
      const type = nodeType(child);
      if (type === 3 || type === 4) text += dataOf(child);
    }
    return text;
  };

  const hasElements = (element) => {
    for (let child = firstChild(element); child !== null; child = nextSibling(child)) if (nodeType(child) === 1) return true;
    return false;
  };

  const pair = (name, value) => ` ${name}="${escape(value, true)}"`;

  /** An attribute, if the parser can create it; otherwise an empty string. */
  const attribute = (element, name, namespace) => {
    const plain = attributeNS(element, null, name);
    if (namespace === HTML) return plain !== null && isName(name) ? pair(name, plain) : '';
    if (name === 'xmlns' || name === 'xmlns:xlink') return pair(name, attributeNS(element, XMLNS, name === 'xmlns' ? name : 'xlink') ?? plain ?? '');
    const local = slice(name, indexOf(name, ':') + 1);
    const isAdjusted = xlinkAttributes[local] || local === 'lang' || local === 'space';
    if (plain !== null && (name === local || !isAdjusted)) {
      const known = (namespace === SVG ? svgAttributes : mathAttributes)[lower(name)];
      return (known === undefined ? isName(name) : known === name) ? pair(name, plain) : '';
    }

    const value = isAdjusted ? attributeNS(element, xlinkAttributes[local] ? XLINK : XML, local) : null;
    return value !== null ? pair(`${xlinkAttributes[local] ? 'xlink' : 'xml'}:${local}`, value) : '';
  };

  /** @param changed values that replace attributes: a text, or null to omit the attribute */
  const attributes = (element, namespace, isTemplate, changed) => {
    let written = '';
    const names = attributeNames(element);
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      // These make the parser do more than create the template.
      if (isTemplate && (name === 'for' || startsWith(name, 'shadowroot'))) continue;
      if (changed !== null && name in changed) continue;
      written += attribute(element, name, namespace);
    }
    for (const name in changed) if (changed[name] !== null) written += pair(name, changed[name]);
    return written;
  };

  /** False for an html, head or body element that is not the document's own. */
  const isPlaced = (element, name) => {
    switch (name) {
      case 'html': return element === rootElement(document);
      case 'head': return element === headOf(document);
      case 'body': return element === bodyOf(document);
      default: return true;
    }
  };

  const doctype = () => {
    const type = doctypeOf(document);
    // Any other name causes quirks mode, like a missing doctype. XML documents need none.
    if (type === null || lower(doctypeName(type)) !== 'html') return compatMode(document) === 'CSS1Compat' ? '<!DOCTYPE html>\n' : '';
    const open = publicId(type);
    const system = systemId(type);
    const isPlain = (id) => indexOf(id, '"') < 0 && indexOf(id, '>') < 0 && indexOf(id, '<') < 0;
    if ((open === '' && system === '') || !isPlain(open) || !isPlain(system)) return '<!DOCTYPE html>\n';
    return `<!DOCTYPE html ${open === '' ? 'SYSTEM' : `PUBLIC "${open}"`}${system === '' ? '' : ` "${system}"`}>\n`;
  };

  const rootAttributes = (root) =>
    `${delegatesFocus(root) ? ' shadowrootdelegatesfocus=""' : ''}${isSerializable(root) ? ' shadowrootserializable=""' : ''}${isClonable(root) ? ' shadowrootclonable=""' : ''}`;

  /**
   * @param node a document, or the parent of the nodes to serialize
   * @param live provides state that is not in the tree: `attributes(element, name)`, `text(element, name)`, `around(element, name)`, `styles(document or shadow root)`,
   *   `endsBody()`, `base()` and `styled(text)`
   */
  const write = (node, live) => {
    forget();
    let written = '';
    // The innermost level. No recursion: a script may nest elements deeper than the call stack allows.
    let level = { next: null, end: '', context: HTML, isInert: false, isHead: false, depth: 0, outer: null };
    // True right after a tag after which the parser drops a line feed.
    let dropsLine = false;

    const enter = (first, end, context, isInert) => {
      level = { next: first, end, context, isInert, isHead: false, depth: level.depth + 1, outer: level };
    };
    const textOf = (element, name) => (level.isInert ? null : live?.text(element, name) ?? null) ?? childText(element);
    const endsBody = live?.endsBody?.() ?? false;
    const style = (text, media) => {
      if (text === '' || text === undefined) return '';
      live?.styled?.(css(text));
      return `<style${media === '' ? '' : pair('media', media)}>${css(text)}</style>`;
    };
    const stylesOf = (scope) => style(live?.styles(scope) ?? '', '');

    const child = (element) => {
      const name = localName(element);
      const namespace = namespaceOf(element);
      const { context, isInert } = level;
      if (level.isHead && (namespace !== HTML || !headed[name])) return;
      if (context === SVG || context === MATHML) {
        // Other elements are not displayed in foreign content either.
        if (namespace === context && isForeign(name, namespace)) foreign(element, name, namespace);
        return;
      }

      if ((namespace === SVG && name === 'svg') || (namespace === MATHML && name === 'math')) {
        if (context !== FRAMES) foreign(element, name, namespace);
        return;
      }

      const isFrame = name === 'frame' || name === 'frameset' || name === 'noframes';
      if (namespace === SVG || namespace === MATHML || (context === FRAMES && !isFrame)) return;
      if (namespace !== HTML || !isElementName(name) || (misread[name] && context !== FRAMES)
        || (name === 'frameset' && context !== FRAMES && element !== bodyOf(document)) || !isPlaced(element, name)) {
        // Write the children only, because the parser does not create this element here.
        enter(firstChild(element), '', context, isInert);
        return;
      }

      html(element, name);
    };

    const foreign = (element, name, namespace) => {
      written += `<${name}${attributes(element, namespace, false, level.isInert ? null : live?.attributes(element, name) ?? null)}>`;
      dropsLine = false;
      const text = namespace === SVG && name === 'style' && !level.isInert ? live?.text(element, name) ?? null : null;
      if (text !== null) {
        live.styled?.(text);
        written += `${escape(text, false)}</${name}>`;
        return;
      }

      enter(firstChild(element), `</${name}>`, contextIn(element, name, namespace), level.isInert);
    };

    const html = (element, name) => {
      const { isInert, depth } = level;
      if (name === 'template') {
        if (depth > MAX_TEMPLATE_DEPTH) return;
        written += `<template${attributes(element, HTML, true, null)}>`;
        dropsLine = false;
        enter(firstChild(templateContent(element)), '</template>', HTML, true);
        return;
      }

      const open = attributes(element, HTML, false, isInert ? null : live?.attributes(element, name) ?? null) + '>';
      const end = `</${name}>`;
      dropsLine = false;
      if (voids[name]) {
        const around = isInert ? null : live?.around?.(element, name) ?? null;
        written += `${style(around?.before, around?.media)}<${name}${open}${style(around?.after, around?.media)}`;
      } else if (hollow[name]) {
        written += `<${name}${open}${end}`;
      } else if (name === 'script') {
        const text = childText(element);
        written += `<script${open}${isJson(attributeNS(element, null, 'type') ?? '') ? json(text) : script(text)}${end}`;
      } else if (name === 'style') {
        const own = isInert ? null : live?.text(element, name) ?? null;
        if (own !== null) live.styled?.(css(own));
        written += `<style${open}${css(own ?? childText(element))}${end}`;
      } else if (name === 'title' || name === 'textarea') {
        const text = textOf(element, name);
        written += `<${name}${open}${name === 'textarea' && text[0] === '\n' ? '\n' : ''}${escape(text, false)}${end}`;
      } else if (name === 'xmp' && !hasElements(element) && indexOf(childText(element), '<') < 0) {
        written += `<xmp${open}${childText(element)}${end}`;
      } else if (name === 'xmp' || name === 'plaintext') {
        // A pre element looks the same, and its text can be escaped.
        written += `<pre${open}`;
        dropsLine = true;
        enter(firstChild(element), '</pre>', HTML, isInert);
      } else {
        written += `<${name}${open}`;
        dropsLine = name === 'pre' || name === 'listing';
        const isHead = element === headOf(document);
        const isDocumentHead = isHead || (element === rootElement(document) && headOf(document) === null);
        const base = isHead ? live?.base?.() ?? null : null;
        const ofDocument = (endsBody ? element === bodyOf(document) : isDocumentHead) ? stylesOf(document) : '';
        enter(firstChild(element), (base === null ? '' : `<base${pair('href', base)}>`) + ofDocument + end, name === 'frameset' ? FRAMES : HTML, isInert);
        level.isHead = isHead;
        const root = openRoot(element) ?? closedRoot(element) ?? null;
        if (root !== null) {
          written += `<template shadowrootmode="${modeOf(root)}"${rootAttributes(root)}>`;
          enter(firstChild(root), `${stylesOf(root)}</template>`, HTML, isInert);
        }
      }
    };

    const type = nodeType(node);
    if (type !== 9) {
      const namespace = type === 1 ? namespaceOf(node) : HTML;
      enter(firstChild(node), '', namespace === SVG || namespace === MATHML ? contextIn(node, localName(node), namespace) : HTML, false);
    } else if (rootElement(node) !== null) {
      const root = rootElement(node);
      const isHtml = namespaceOf(root) === HTML && localName(root) === 'html';
      written += `${doctype()}${isHtml ? '' : '<html><head></head><body>'}`;
      enter(null, isHtml ? '' : '</body></html>', HTML, false);
      child(root);
    }

    while (level.outer !== null) {
      const node = level.next;
      if (node === null) {
        if (level.end !== '') dropsLine = false;
        written += level.end;
        level = level.outer;
        continue;
      }

      level.next = nextSibling(node);
      const type = nodeType(node);
      if (type === 1) {
        child(node);
      } else if (level.context !== FRAMES) {
        if (type === 3 || type === 4) {
          const text = dataOf(node);
          if (text === '' || (level.isHead && trim(text) !== '')) continue;
          if (dropsLine && text[0] === '\n') written += '\n';
          dropsLine = false;
          written += isApart(node) ? `<!-- -->${escape(text, false)}` : escape(text, false);
        } else if (type === 8) {
          dropsLine = false;
          written += `<!--${comment(dataOf(node))}-->`;
        }
      }
    }

    return written;
  };

  // Writable: host apps may use it, and a page that defines the same name may replace it.
  Object.defineProperty(globalThis, 'fleetHtml', { value: write, writable: true, configurable: true });
})();
