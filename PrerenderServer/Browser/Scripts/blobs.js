// Remembers the images and fonts that only this page has, and gives them as data: those that its blob: URLs name, and fonts that scripts made. Runs before any
// script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const { Blob: Data, FileReader: Reader, Promise: Wait, FontFace: Face } = globalThis;
  const { construct } = Reflect;
  const sizeOf = getter(Blob, 'size');
  const typeOf = getter(Blob, 'type');
  const read = uncurry(FileReader.prototype.readAsDataURL);
  const resultOf = getter(FileReader, 'result');
  const listen = uncurry(EventTarget.prototype.addEventListener);
  const put = uncurry(Map.prototype.set);
  const drop = uncurry(Map.prototype.delete);
  const each = uncurry(Map.prototype.forEach);
  const countOf = getter(Map, 'size');
  const test = uncurry(RegExp.prototype.test);
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);
  const codeAt = uncurry(String.prototype.charCodeAt);
  const fonts = document.fonts;
  const hasFont = uncurry(FontFaceSet.prototype.has);
  const status = getter(FontFace, 'status');

  // In bytes: of one, and of all that are remembered. The oldest are forgotten first.
  const MAX_BYTES = 1_000_000;
  const MAX_TOTAL = 4_000_000;
  // What is without a type is an image or a font where it is used as one.
  const SHOWN = /^$|^(image|font)\/[a-z0-9.+-]+(;charset=[a-z0-9-]+)?$|^application\/(x-)?font-[a-z0-9-]+$/;
  const blobs = new Map();
  let total = 0;

  const note = (url, blob) => {
    let size;
    try {
      size = sizeOf(blob);
    } catch {
      return; // It is a media source.
    }
    if (size > MAX_BYTES || !test(SHOWN, typeOf(blob))) return;
    put(blobs, url, { __proto__: null, blob, size, data: null });
    total += size;
    each(blobs, (known, oldest) => {
      if (total <= MAX_TOTAL) return;
      total -= known.size;
      drop(blobs, oldest);
    });
  };

  const createUrl = URL.createObjectURL;
  URL.createObjectURL = { createObjectURL(object) {
    const url = createUrl.apply(this, arguments);
    note(url, object);
    return url;
  } }.createObjectURL;

  // Fonts that scripts construct have no rule. Those of a buffer get a URL of their own.
  const faces = list();
  globalThis.FontFace = new Proxy(Face, { construct(target, parameters, type) {
    const face = construct(target, parameters, type);
    const source = parameters[1];
    const name = `blob:fleet/${faces.length}`;
    if (typeof source !== 'string') note(name, new Data([source]));
    faces[faces.length] = { __proto__: null, face, source: typeof source === 'string' ? source : `url("${name}")` };
    return face;
  } });
  Face.prototype.constructor = globalThis.FontFace;

  const familyOf = getter(FontFace, 'family');
  const descriptors = [];
  for (const [property, member] of Object.entries({ 'font-style': 'style', 'font-weight': 'weight', 'font-stretch': 'stretch', 'unicode-range': 'unicodeRange',
    'font-feature-settings': 'featureSettings', 'font-display': 'display', 'ascent-override': 'ascentOverride', 'descent-override': 'descentOverride',
    'line-gap-override': 'lineGapOverride', 'size-adjust': 'sizeAdjust' })) {
    if (member in Face.prototype) descriptors.push({ __proto__: null, property, of: getter(Face, member) });
  }
  const quote = (name) => {
    if (name[0] === '"') return name;
    let quoted = '"';
    for (let i = 0; i < name.length; i++) quoted += codeAt(name, i) < 32 || name[i] === '"' || name[i] === '\\' ? '' : name[i];
    return `${quoted}"`;
  };

  /** Rules for the fonts that scripts have added to the document. */
  const fontRules = () => {
    let rules = '';
    for (let i = 0; i < faces.length; i++) {
      const face = faces[i].face;
      if (status(face) === 'error' || !hasFont(fonts, face)) continue;
      rules += `@font-face { font-family: ${quote(familyOf(face))}; src: ${faces[i].source};`;
      for (let k = 0; k < descriptors.length; k++) rules += ` ${descriptors[k].property}: ${descriptors[k].of(face)};`;
      rules += ' }\n';
    }
    return rules;
  };

  const isEmpty = () => countOf(blobs) === 0;

  /** Reads what is remembered; null if there is nothing to read. */
  const load = () => {
    const reads = list();
    each(blobs, (known) => {
      if (known.data !== null) return;
      reads[reads.length] = new Wait((resolve) => {
        const reader = new Reader();
        listen(reader, 'loadend', () => {
          known.data = resultOf(reader) ?? '';
          resolve();
        });
        read(reader, known.blob);
      });
    });
    return reads.length === 0 ? null : (async () => { for (let i = 0; i < reads.length; i++) await reads[i]; })();
  };

  /** A text with the data of the blob: URLs in it. */
  const inlined = (text) => {
    if (isEmpty() || indexOf(text, 'blob:') < 0) return text;
    let written = text;
    each(blobs, (known, url) => {
      if (!known.data) return;
      for (let at = indexOf(written, url); at >= 0; at = indexOf(written, url, at + known.data.length)) {
        written = slice(written, 0, at) + known.data + slice(written, at + url.length);
      }
    });
    return written;
  };

  // Taken by capture.js.
  globalThis.__fleetBlobs = { isEmpty, load, inlined, fontRules };
})();
