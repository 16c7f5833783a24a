// Serializes nodes as HTML that parses to the same tree or a subset of it, never to more. A DOM may contain trees that no HTML text represents.
// The browsers' serializers write those as well, so that text or inert content becomes active markup when it is parsed again. Here:
//   * Text never opens a tag. It is escaped where the parser decodes entities. Elsewhere it is escaped in the language of the element (JSON, CSS,
//     JavaScript), or omitted (noscript, iframe, noembed and noframes, which show nothing in a page whose scripts run).
//   * An element is written only if the parser creates the same element in the same namespace, an attribute only if the parser gives it the same name.
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
  const codeAt = uncurry(String.prototype.charCodeAt);
  const indexOf = uncurry(String.prototype.indexOf);
  const startsWith = uncurry(String.prototype.startsWith);
  const endsWith = uncurry(String.prototype.endsWith);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const trim = uncurry(String.prototype.trim);

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

  const split = (text) => text.trim().split(/\s+/);
  const words = (text) => {
    const set = { __proto__: null };
    for (const word of split(text)) set[word] = true;
    return set;
  };
  const byLowerCase = (text) => {
    const map = { __proto__: null };
    for (const word of split(text)) map[word.toLowerCase()] = word;
    return map;
  };

  const HTML = 'http://www.w3.org/1999/xhtml';
  const SVG = 'http://www.w3.org/2000/svg';
  const MATHML = 'http://www.w3.org/1998/Math/MathML';
  const FRAMES = 'frameset';
  const XLINK = 'http://www.w3.org/1999/xlink';
  const XML = 'http://www.w3.org/XML/1998/namespace';
  const XMLNS = 'http://www.w3.org/2000/xmlns/';

  const voids = words('area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr');
  // Their content is text to the parser (noscript: while scripting is enabled) and is never displayed.
  const hollow = words('iframe noembed noframes noscript');
  // The parser ends the head of a document at any other element, and at text: all that follows would be in the body, where search engines do not read it.
  const headed = words('base basefont bgsound link meta noframes noscript script style template title');
  // The parser turns these into other elements, or drops them.
  const misread = words('frame image isindex malignmark math mglyph svg');
  // These end foreign content (SVG and MathML) in the parser ...
  const breakouts = words(`b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p
    pre ruby s small span strong strike sub sup table tt u ul var`);
  // ... and these have another meaning outside of it. They are useless in foreign content, and dangerous if the parser has left it early.
  const ambiguous = words('iframe malignmark mglyph noembed noframes noscript plaintext template textarea xmp');
  const integrationPoints = words('desc foreignObject title');
  const textIntegrationPoints = words('mi mn mo ms mtext');
  // The parser converts names in foreign content to lower case, except these.
  const svgNames = byLowerCase(`altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG
    feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
    foreignObject glyphRef linearGradient radialGradient textPath`);
  const svgAttributes = byLowerCase(`attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode filterUnits
    glyphRef gradientTransform gradientUnits kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust limitingConeAngle markerHeight
    markerUnits markerWidth maskContentUnits maskUnits numOctaves pathLength patternContentUnits patternTransform patternUnits pointsAtX pointsAtY
    pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits refX refY repeatCount repeatDur requiredExtensions requiredFeatures specularConstant
    specularExponent spreadMethod startOffset stdDeviation stitchTiles surfaceScale systemLanguage tableValues targetX targetY textLength viewBox
    viewTarget xChannelSelector yChannelSelector zoomAndPan`);
  const mathAttributes = byLowerCase('definitionURL');
  const xlinkAttributes = words('actuate arcrole href role show title type');
  // Beyond a nesting depth of 512, Chromium's parser puts the contents of a template next to it. It also adds up to two table elements for each
  // written one.
  const MAX_TEMPLATE_DEPTH = 160;

  const isLetter = (code) => (code | 32) >= 97 && (code | 32) <= 122;
  const isUpper = (code) => code >= 65 && code <= 90;
  const isSpace = (code) => code === 32 || (code >= 9 && code <= 13 && code !== 11);
  /** Whether `<` before this character has a meaning to an HTML parser. */
  const opens = (code) => isLetter(code) || code === 33 || code === 47 || code === 63;

  /** Whether a name contains none of the characters that end a name. */
  const isName = (name, mayHaveUpper) => {
    if (mayHaveUpper) return judge(name, true);
    return (judged[name] ??= judge(name, false));
  };
  // Cache of names, reset per document.
  let judged = { __proto__: null };
  const judge = (name, mayHaveUpper) => {
    if (name === '') return false;
    for (let i = 0; i < name.length; i++) {
      const code = codeAt(name, i);
      //                     "              '              /              <=>                            `
      if (code <= 32 || code === 34 || code === 39 || code === 47 || (code >= 60 && code <= 62) || code === 96 || (!mayHaveUpper && isUpper(code))) return false;
    }
    return true;
  };

  const escapes = { __proto__: null, 0: '\ufffd', 13: '&#13;', 34: '&quot;', 38: '&amp;', 60: '&lt;', 62: '&gt;', 160: '&nbsp;' };
  const escape = (text, inAttribute) => {
    // Nearly all texts contain none of these, and native searches are faster than a loop over the characters.
    if (indexOf(text, '&') < 0 && indexOf(text, '<') < 0 && indexOf(text, '>') < 0 && indexOf(text, '\u00a0') < 0 && indexOf(text, '\r') < 0
      && indexOf(text, '\0') < 0 && (!inAttribute || indexOf(text, '"') < 0)) return text;
    let written = '';
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = codeAt(text, i);
      if (code > 160 || (code > 62 && code < 160)) continue;
      if (code === 38 || code === 60 || code === 62 || code === 160 || code === 13 || code === 0 || (code === 34 && inAttribute)) {
        written += slice(text, from, i) + escapes[code];
        from = i + 1;
      }
    }
    return written + slice(text, from);
  };

  /** The text of a comment, without sequences that end it, or that open a tag where the parser does not treat it as a comment. */
  const comment = (text) => {
    let written = text[0] === '>' || startsWith(text, '->') ? ' ' : '';
    let from = 0;
    for (let i = 0; i + 1 < text.length; i++) {
      const next = codeAt(text, i + 1);
      if (text[i] === '<' ? opens(next) : text[i] === '-' && i > 0 && text[i - 1] === '-' && (next === 62 || next === 33)) {
        written += slice(text, from, i + 1) + ' ';
        from = i + 1;
      }
    }
    return written + slice(text, from);
  };

  const json = (text) => {
    let written = '';
    let from = 0;
    for (let at = indexOf(text, '<'); at >= 0; at = indexOf(text, '<', from)) {
      written += slice(text, from, at) + '\\u003c';
      from = at + 1;
    }
    return written + slice(text, from);
  };

  /** Whether the text at this position is the tag name `script`. */
  const namesScript = (text, at) => {
    for (let i = 0; i < 6; i++) if ((codeAt(text, at + i) | 32) !== codeAt('script', i)) return false;
    const after = codeAt(text, at + 6);
    return at + 6 >= text.length || isSpace(after) || after === 47 || after === 62;
  };

  /** The text of a script, with `</script` escaped, and `<script` after `<!--`, which would hide the end tag. In JavaScript they occur only in strings,
   * regular expressions and comments, where the escape has the same meaning. */
  const script = (text) => {
    const comments = indexOf(text, '<!--');
    let written = '';
    let from = 0;
    for (let at = indexOf(text, '<'); at >= 0; at = indexOf(text, '<', at + 1)) {
      if (text[at + 1] === '/' ? namesScript(text, at + 2) : comments >= 0 && comments < at && namesScript(text, at + 1)) {
        let escaped = at;
        while (escaped > 0 && text[escaped - 1] === '\\') escaped--;
        written += slice(text, from, at) + ((at - escaped) % 2 === 0 ? '\\x3C' : 'x3C');
        from = at + 1;
      }
    }
    return written + slice(text, from);
  };

  const isJson = (type) => {
    const end = indexOf(type, ';');
    const essence = trim(lower(end < 0 ? type : slice(type, 0, end)));
    return endsWith(essence, '/json') || endsWith(essence, '+json') || essence === 'importmap' || essence === 'speculationrules';
  };

  const isUrl = (text, at) => at >= 3 && lower(slice(text, at - 3, at)) === 'url';

  /** Equivalent CSS in which `<` opens no tag. */
  const css = (text) => {
    if (indexOf(text, '<') < 0) return text;
    let written = '';
    let from = 0;
    let until = 0; // the character that ends the current string or unquoted URL
    for (let i = 0; i < text.length; i++) {
      const code = codeAt(text, i);
      let replacement = null;
      let length = 1;
      if (code === 92) {
        i++;
        if (text[i] !== '<') continue;
        replacement = '3c '; // already escaped: only the character is replaced
      } else if (code === 60) {
        if (until !== 0) replacement = '\\3c ';
        else if (startsWith(text, '<!--', i)) {
          replacement = ' ';
          length = 4;
        } else if (opens(codeAt(text, i + 1))) replacement = '</**/';
      } else if (until !== 0) {
        if (code === until || (until !== 41 && (code === 10 || code === 12 || code === 13))) until = 0;
      } else if (code === 34 || code === 39) {
        until = code;
      } else if (code === 40 && isUrl(text, i)) {
        let first = i + 1;
        while (isSpace(codeAt(text, first))) first++;
        if (text[first] !== '"' && text[first] !== "'") until = 41;
      } else if (code === 47 && text[i + 1] === '*') {
        const end = indexOf(text, '*/', i + 2);
        const after = end < 0 ? text.length : end + 2;
        if (indexOf(slice(text, i, after), '<') >= 0) {
          replacement = end < 0 ? '/*' : '/**/';
          length = after - i;
        } else {
          i = after - 1;
        }
      }
      if (replacement !== null) {
        written += slice(text, from, i) + replacement;
        from = i + length;
        i = from - 1;
      }
    }
    return written + slice(text, from);
  };

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
    if (namespace === HTML) return plain !== null && isName(name, false) ? pair(name, plain) : '';
    if (name === 'xmlns' || name === 'xmlns:xlink') return pair(name, attributeNS(element, XMLNS, name === 'xmlns' ? name : 'xlink') ?? plain ?? '');
    const local = slice(name, indexOf(name, ':') + 1);
    const isAdjusted = xlinkAttributes[local] || local === 'lang' || local === 'space';
    if (plain !== null && (name === local || !isAdjusted)) {
      const known = (namespace === SVG ? svgAttributes : mathAttributes)[lower(name)];
      return (known === undefined ? isName(name, false) : known === name) ? pair(name, plain) : '';
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

  /** Whether the parser creates this element from its name in foreign content. */
  const isForeign = (name, namespace) => {
    // In an annotation-xml element, svg starts SVG content.
    if (breakouts[name] || ambiguous[name] || !isName(name, true) || (namespace === MATHML && name === 'svg')) return false;
    const small = lower(name);
    return ((namespace === SVG && svgNames[small]) || small) === name;
  };

  /** The namespace in which the parser reads the content of a foreign element. */
  const contextIn = (element, name, namespace) => {
    if (namespace === SVG) return integrationPoints[name] ? HTML : SVG;
    if (textIntegrationPoints[name]) return HTML;
    const encoding = name === 'annotation-xml' ? lower(attributeNS(element, null, 'encoding') ?? '') : '';
    return encoding === 'text/html' || encoding === 'application/xhtml+xml' ? HTML : MATHML;
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
    judged = { __proto__: null };
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
    const stylesOf = (scope) => {
      const styles = live?.styles(scope) ?? '';
      return style(styles, '');
    };
    const style = (text, media) => {
      if (text === '' || text === undefined) return '';
      live?.styled?.(css(text));
      return `<style${media === '' ? '' : pair('media', media)}>${css(text)}</style>`;
    };

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
      if (namespace !== HTML || !isLetter(codeAt(name, 0)) || !isName(name, false) || (misread[name] && context !== FRAMES)
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
