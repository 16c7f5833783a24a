// What an HTML parser makes of the names of elements and attributes. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is serialized
  const attributeNS = uncurry(Element.prototype.getAttributeNS);
  const codeAt = uncurry(String.prototype.charCodeAt);
  const lower = uncurry(String.prototype.toLowerCase);

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
  const isLetter = (code) => (code | 32) >= 97 && (code | 32) <= 122;
  const isUpper = (code) => code >= 65 && code <= 90;

  const judge = (name, mayHaveUpper) => {
    if (name === '') return false;
    for (let i = 0; i < name.length; i++) {
      const code = codeAt(name, i);
      //                     "              '              /              <=>                            `
      if (code <= 32 || code === 34 || code === 39 || code === 47 || (code >= 60 && code <= 62) || code === 96 || (!mayHaveUpper && isUpper(code))) return false;
    }
    return true;
  };
  let judged = { __proto__: null };

  /** Whether a name has none of the characters that end a name, and no upper-case letter, which the parser would change. Remembers its answers. */
  const isName = (name) => (judged[name] ??= judge(name, false));
  /** Forgets the names of an earlier document. */
  const forget = () => {
    judged = { __proto__: null };
  };
  /** Whether the parser creates an HTML element of this name, as far as the name decides. */
  const isElementName = (name) => isLetter(codeAt(name, 0)) && isName(name);

  /** Whether the parser creates this element from its name in foreign content. */
  const isForeign = (name, namespace) => {
    // In an annotation-xml element, svg starts SVG content.
    if (breakouts[name] || ambiguous[name] || !judge(name, true) || (namespace === MATHML && name === 'svg')) return false;
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

  // Taken by html.js.
  globalThis.__fleetNames = {
    HTML, SVG, MATHML, XLINK, XML, XMLNS, voids, hollow, headed, misread, svgAttributes, mathAttributes, xlinkAttributes,
    isName, isElementName, isForeign, contextIn, forget,
  };
})();
