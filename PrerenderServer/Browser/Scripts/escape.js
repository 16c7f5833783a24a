// Writes the text of a node so that no `<` in it opens a tag, whatever element it is in. Runs before any script of the document and saves the built-ins that it
// needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is serialized
  const codeAt = uncurry(String.prototype.charCodeAt);
  const indexOf = uncurry(String.prototype.indexOf);
  const startsWith = uncurry(String.prototype.startsWith);
  const endsWith = uncurry(String.prototype.endsWith);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const trim = uncurry(String.prototype.trim);

  const isLetter = (code) => (code | 32) >= 97 && (code | 32) <= 122;
  const isSpace = (code) => code === 32 || (code >= 9 && code <= 13 && code !== 11);
  /** Whether `<` before this character has a meaning to an HTML parser. */
  const opens = (code) => isLetter(code) || code === 33 || code === 47 || code === 63;

  const escapes = { __proto__: null, 0: '\ufffd', 13: '&#13;', 34: '&quot;', 38: '&amp;', 60: '&lt;', 62: '&gt;', 160: '&nbsp;' };
  /** Text, or the value of an attribute in double quotes, with entities. */
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

  /** JSON without `<`. */
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

  /** Whether a script of this type is JSON. */
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

  // Taken by html.js.
  globalThis.__fleetEscape = { escape, comment, json, script, isJson, css };
})();
