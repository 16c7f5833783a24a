// Makes what a Content-Security-Policy of the document has let scripts do work where the document is opened: rules and style attributes that scripts set through
// the CSSOM are written as style elements and attributes, which a policy without 'unsafe-inline' forbids. It gets the hashes of exactly these texts, and allows
// nothing else. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const queryAll = uncurry(Document.prototype.querySelectorAll);
  const attribute = uncurry(Element.prototype.getAttribute);
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const trim = uncurry(String.prototype.trim);
  const test = uncurry(RegExp.prototype.test);
  const htmlStyle = getter(HTMLElement, 'style');
  const svgStyle = getter(SVGElement, 'style');
  const mathStyle = getter(MathMLElement, 'style');
  const lengthOf = getter(CSSStyleDeclaration, 'length');
  const { random } = Math;
  const HTML = 'http://www.w3.org/1999/xhtml';
  const SVG = 'http://www.w3.org/2000/svg';
  // Each is 54 characters of the policy.
  const MAX_TEXTS = 1000;

  let names = null;
  let elements = list();
  let attributes = list();
  let known = { __proto__: null };

  /** Begins a capture. Returns whether the document has a policy. */
  const begin = () => {
    names = null;
    if (queryAll(document, 'meta[http-equiv="content-security-policy" i]')[0] === undefined) return false;
    // Where the hashes are to be: no text of the page can contain these.
    const id = slice(`${random()}`, 2) + slice(`${random()}`, 2);
    names = { __proto__: null, elements: `'fleet-elements-${id}'`, attributes: `'fleet-attributes-${id}'` };
    elements = list();
    attributes = list();
    known = { __proto__: null };
    return true;
  };

  const note = (texts, kind, text) => {
    if (names === null || text === '' || texts.length >= MAX_TEXTS || known[kind + text]) return;
    known[kind + text] = true;
    texts[texts.length] = text;
  };

  /** Notes the text of a style element that applies, as a parser reads it. */
  const addElement = (text) => {
    let read = '';
    for (let i = 0; i < text.length && names !== null; i++) if (text[i] !== '\r') read += text[i]; else if (text[i + 1] !== '\n') read += '\n';
    note(elements, 'e', read);
  };

  /** Notes a style attribute, if it applies: the policy may have kept it from doing so. */
  const addAttribute = (element, namespace, text) => {
    if (text === null) return;
    const style = namespace === HTML ? htmlStyle(element) : namespace === SVG ? svgStyle(element) : mathStyle(element);
    if (lengthOf(style) > 0) note(attributes, 'a', text);
  };

  const split = (text, isEnd) => {
    const parts = list();
    let part = '';
    for (let i = 0; i <= text.length; i++) {
      if (i < text.length && !isEnd(text[i])) {
        part += text[i];
        continue;
      }
      if (trim(part) !== '') parts[parts.length] = trim(part);
      part = '';
    }
    return parts;
  };
  const isSemicolon = (char) => char === ';';
  const isSpace = (char) => test(/\s/, char);

  /** The directives that a policy needs for texts of a kind; empty if it allows them all. */
  const allowing = (directives, kind, first, texts) => {
    const sources = directives[`style-src-${kind}`] ?? directives['style-src'] ?? directives['default-src'];
    if (sources === undefined) return '';
    let isOpen = false;
    let isListed = false;
    let kept = '';
    for (let i = 1; i < sources.length; i++) {
      const source = lower(sources[i]);
      if (source === "'unsafe-inline'") isOpen = true;
      if (test(/^'(nonce|sha\d+)-/, source)) isListed = true;
      if (source !== "'none'") kept += ` ${sources[i]}`;
    }
    return isOpen && !isListed ? '' : `style-src-${kind}${kept}${first} ${texts}`;
  };

  /** What a policy says with the hashes in it. */
  const content = (element) => {
    const policy = attribute(element, 'content') ?? '';
    const directives = { __proto__: null };
    const parts = split(policy, isSemicolon);
    for (let i = 0; i < parts.length; i++) {
      const words = split(parts[i], isSpace);
      directives[lower(words[0])] ??= words;
    }
    const added = [allowing(directives, 'elem', '', names.elements), allowing(directives, 'attr', " 'unsafe-hashes'", names.attributes)];
    let written = policy;
    for (let i = 0; i < 2; i++) {
      if (added[i] === '') continue;
      // The first directive of a name counts.
      written = `${added[i]}; ${written}`;
    }
    return written;
  };

  /** The texts and where their hashes are to be; null without a policy. */
  const found = () => (names === null ? null : { elements: { place: names.elements, texts: elements }, attributes: { place: names.attributes, texts: attributes } });

  // Taken by capture.js.
  globalThis.__fleetPolicy = { begin, addElement, addAttribute, content, found };
})();
