// Reads style sheets as text and as rules. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const codeAt = uncurry(String.prototype.charCodeAt);
  const indexOf = uncurry(String.prototype.indexOf);
  const lastIndexOf = uncurry(String.prototype.lastIndexOf);
  const startsWith = uncurry(String.prototype.startsWith);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const trim = uncurry(String.prototype.trim);
  const test = uncurry(RegExp.prototype.test);
  const fromCode = String.fromCodePoint;
  const parseHex = parseInt;
  const Sheet = CSSStyleSheet;
  const Address = URL;
  const hrefOf = getter(URL, 'href');
  const replace = uncurry(CSSStyleSheet.prototype.replaceSync);
  const rulesOf = getter(CSSStyleSheet, 'cssRules');
  const nestedRules = getter(CSSGroupingRule, 'cssRules');
  const ruleCount = getter(CSSRuleList, 'length');
  const ruleText = getter(CSSRule, 'cssText');
  const ruleType = getter(CSSRule, 'type');
  const importHref = getter(CSSImportRule, 'href');
  const styleRules = Object.hasOwn(CSSStyleRule.prototype, 'cssRules') ? getter(CSSStyleRule, 'cssRules') : nestedRules;
  const styleOf = getter(CSSStyleRule, 'style');
  const selectorOf = getter(CSSStyleRule, 'selectorText');
  const declarations = getter(CSSStyleDeclaration, 'cssText');
  const lengthOf = getter(CSSStyleDeclaration, 'length');
  const valueOf = uncurry(CSSStyleDeclaration.prototype.getPropertyValue);
  const priorityOf = uncurry(CSSStyleDeclaration.prototype.getPropertyPriority);
  const computed = globalThis.getComputedStyle;
  const query = uncurry(Document.prototype.querySelector);
  const queryRoot = uncurry(DocumentFragment.prototype.querySelector);
  const shadowRoots = globalThis.__fleetShadowRoots;
  const STYLE = 1;
  const IMPORT = 3;
  // Looking for the sources of more rules than this takes too long.
  const MAX_RULES = 4000;

  const isSpace = (code) => code === 32 || (code >= 9 && code <= 13 && code !== 11);
  const isUrl = (text, at) => at >= 3 && lower(slice(text, at - 3, at)) === 'url';

  /** The position after the escape, string, comment or character that begins at a position. */
  const skip = (text, at) => {
    const code = codeAt(text, at);
    if (code === 92) return at + 2;
    if (code === 47 && text[at + 1] === '*') {
      const end = indexOf(text, '*/', at + 2);
      return end < 0 ? text.length : end + 2;
    }
    if (code !== 34 && code !== 39) return at + 1;
    let i = at + 1;
    while (i < text.length && codeAt(text, i) !== code && codeAt(text, i) !== 10) i += codeAt(text, i) === 92 ? 2 : 1;
    return i + 1;
  };

  /** The end of the URL token whose parenthesis is at a position; the position if it is none, because its text is a string. */
  const skipUrl = (text, at) => {
    let first = at + 1;
    while (isSpace(codeAt(text, first))) first++;
    if (text[first] === '"' || text[first] === "'") return at;
    while (first < text.length && text[first] !== ')') first += text[first] === '\\' ? 2 : 1;
    return first + 1;
  };

  /** The sources of the rules of a text, in order. Those in blocks are parts of them. */
  const split = (text) => {
    const pieces = list();
    let from = 0;
    let depth = 0;
    for (let i = 0; i < text.length;) {
      const char = text[i];
      if (char === '(' && isUrl(text, i) && skipUrl(text, i) > i) {
        i = skipUrl(text, i);
        continue;
      }
      if (char === '{' || char === '(' || char === '[') depth++;
      if ((char === '}' || char === ')' || char === ']') && depth > 0) depth--;
      i = skip(text, i);
      if (depth === 0 && (char === '}' || char === ';')) {
        pieces[pieces.length] = slice(text, from, i);
        from = i;
      }
    }
    if (trim(slice(text, from)) !== '') pieces[pieces.length] = slice(text, from);
    return pieces;
  };

  /** The position of the block of a rule, or -1. */
  const blockOf = (text) => {
    for (let i = 0; i < text.length; i = skip(text, i)) if (text[i] === '{') return i;
    return -1;
  };

  // The source of a rule that a script has inserted, if it may be more than the browser gives as the rule's text: of a shorthand with a variable, of which a longhand
  // that follows replaces a part, the text has only the longhands, and no value of theirs.
  const inserted = new WeakMap();
  const sourceOf = uncurry(WeakMap.prototype.get);
  const remember = uncurry(WeakMap.prototype.set);
  const note = (rules, at, source) => {
    if (rules !== null && indexOf(source, 'var(') >= 0) remember(inserted, rules[at], source);
  };
  const isIncomplete = (text) => indexOf(text, ': ;') >= 0;

  const nestedOf = (rule) => {
    for (let i = 0; i < 2; i++) {
      try {
        return (i === 0 ? nestedRules : styleRules)(rule);
      } catch {
        // It is not of this type.
      }
    }
    return null;
  };

  /** Declarations, of which those without a value have the one that is shown. */
  const completed = (own, shown) => {
    let written = '';
    for (let i = 0; i < lengthOf(own); i++) {
      const name = own[i];
      written += `${i > 0 ? '; ' : ''}${name}: ${valueOf(own, name) || valueOf(shown, name)}${priorityOf(own, name) === '' ? '' : ' !important'}`;
    }
    return written;
  };

  /** What the first element shows that a selector matches, or its pseudo-element; null without one. */
  const shownBy = (selector) => {
    const pseudo = indexOf(selector, '::');
    const elements = pseudo < 0 ? selector : slice(selector, 0, pseudo) || '*';
    let element = null;
    try {
      element = query(document, elements);
      const roots = element === null ? shadowRoots() : list();
      for (let i = 0; i < roots.length && element === null; i++) element = queryRoot(roots[i], elements);
    } catch {
      // It is relative to another selector.
    }
    return element === null ? null : computed(element, pseudo < 0 ? null : slice(selector, pseudo));
  };

  /** The declarations of a style rule. Of a shorthand with a variable, of which a script set a part anew, the rule has only the names. */
  const declared = (rule) => {
    const text = declarations(styleOf(rule));
    const shown = isIncomplete(text) ? shownBy(selectorOf(rule)) : null;
    return shown === null ? text : completed(styleOf(rule), shown);
  };

  /** The text of a rule, with what only the sources of inserted rules have. */
  const textAs = (rule) => {
    const text = ruleText(rule);
    if (!isIncomplete(text)) return text;
    const source = sourceOf(inserted, rule);
    if (source !== undefined && parsed(source) === text) return source;
    const nested = nestedOf(rule);
    const isStyle = ruleType(rule) === STYLE;
    if (!isStyle && (nested === null || ruleCount(nested) === 0)) return text;
    let written = `${slice(text, 0, blockOf(text))}{${isStyle ? declared(rule) : ''}`;
    if (isStyle && ruleCount(nested) === 0) return `${written}}`;
    if (isStyle) written += ';';
    for (let i = 0; i < ruleCount(nested); i++) written += `\n${textAs(nested[i])}`;
    return `${written}\n}`;
  };

  const textOfRules = (rules) => {
    let text = '';
    for (let i = 0; i < ruleCount(rules); i++) text += `${i > 0 ? '\n' : ''}${ruleText(rules[i])}`;
    return text;
  };

  /** The text of the rules of a sheet; empty for a sheet of another origin. */
  const textOf = (sheet) => {
    try {
      return textOfRules(rulesOf(sheet));
    } catch {
      return '';
    }
  };

  const parser = new Sheet();
  const parsed = (source) => {
    replace(parser, source);
    return textOf(parser);
  };

  // Sources by the text that the browser gives their rule. Import rules are not parsed.
  const collect = (source, sources) => {
    const pieces = split(source);
    for (let i = 0; i < pieces.length && sources.count < MAX_RULES; i++) {
      sources.count++;
      const piece = trim(pieces[i]);
      const text = parsed(piece);
      if (text === '') {
        if (startsWith(lower(piece), '@import')) sources.imports[sources.imports.length] = piece;
        continue;
      }
      sources.byText[text] ??= piece;
      const block = piece[0] === '@' ? blockOf(piece) : -1;
      if (block > 0) collect(slice(piece, block + 1, lastIndexOf(piece, '}')), sources);
    }
    return sources;
  };

  const sourceOfImport = (rule, sources) => {
    for (let i = 0; i < sources.imports.length; i++) if (indexOf(sources.imports[i], importHref(rule)) >= 0) return sources.imports[i];
    return ruleText(rule);
  };

  /** Rules, each by its source if it is unchanged: the text of a rule lacks what it cannot express (shorthands with variables) and what only other browsers read. */
  const compose = (rules, sources) => {
    let composed = '';
    for (let i = 0; i < ruleCount(rules); i++) {
      const text = ruleText(rules[i]);
      let written = ruleType(rules[i]) === IMPORT ? sourceOfImport(rules[i], sources) : sources.byText[text];
      if (written === undefined) {
        const source = sourceOf(inserted, rules[i]);
        const nested = text[0] === '@' && source === undefined ? nestedOf(rules[i]) : null;
        written = nested === null || ruleCount(nested) === 0 ? textAs(rules[i]) : `${slice(text, 0, blockOf(text))}{\n${compose(nested, sources)}\n}`;
      }
      composed += `${i > 0 ? '\n' : ''}${written}`;
    }
    return composed;
  };

  /** The text of a sheet that was made from a source: the source if scripts have not changed it. */
  const current = (sheet, source) => {
    const rules = textOf(sheet);
    if (rules === '') return '';
    const text = parsed(source);
    if (text === rules) return source;
    if (text !== '' && startsWith(rules, `${text}\n`)) {
      // The source may end inside a comment or a block.
      const both = `${source}\n${slice(rules, text.length + 1)}`;
      if (parsed(both) === rules) return both;
    }
    return compose(rulesOf(sheet), collect(source, { __proto__: null, byText: { __proto__: null }, imports: list(), count: 0 }));
  };

  const HAS_SCHEME = /^\s*([a-z][a-z0-9+.-]*:|#|$)/i;
  const unescape = (text) => {
    let plain = '';
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== '\\') {
        plain += text[i];
        continue;
      }
      let end = i + 1;
      while (end < i + 7 && test(/^[0-9a-f]$/i, text[end] ?? '')) end++;
      if (end === i + 1) {
        if (text[end] !== '\n') plain += text[end] ?? '';
        i = end;
      } else {
        plain += fromCode(parseHex(slice(text, i + 1, end), 16) || 0xfffd);
        i = isSpace(codeAt(text, end)) ? end : end - 1;
      }
    }
    return plain;
  };

  /** The same rules for a document whose base is not the sheet's URL: relative URLs become absolute. */
  const rebase = (text, base) => {
    let written = '';
    let from = 0;
    for (let i = 0; i < text.length;) {
      if (text[i] !== '(' || !isUrl(text, i)) {
        i = skip(text, i);
        continue;
      }
      let first = i + 1;
      while (isSpace(codeAt(text, first))) first++;
      const isString = skipUrl(text, i) === i;
      const end = isString ? skip(text, first) : skipUrl(text, i) - 1;
      const url = unescape(trim(isString ? slice(text, first + 1, end - 1) : slice(text, first, end)));
      if (!test(HAS_SCHEME, url)) {
        try {
          written += `${slice(text, from, first)}"${hrefOf(new Address(url, base))}"`;
          from = end;
        } catch {
          // It is none, and stays what it is.
        }
      }
      i = end;
    }
    return written + slice(text, from);
  };

  // Taken by capture.js, which runs next.
  globalThis.__fleetCss = { textOf, textAs, note, nestedOf, isIncomplete, completed, current, rebase };
})();
