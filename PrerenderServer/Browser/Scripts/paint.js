// Renders without layout and paint, and notices what could tell the difference. Runs before any script of the booted host app.
(() => {
  if (globalThis !== globalThis.top) return;
  const apply = Reflect.apply;
  const describe = Object.getOwnPropertyDescriptor;
  const define = Object.defineProperty;
  const { CSSStyleSheet: Sheet } = globalThis;
  const replace = CSSStyleSheet.prototype.replaceSync;
  const adopted = describe(Document.prototype, 'adoptedStyleSheets');
  const frameCount = describe(globalThis, 'length').get;

  let paints = true;
  let sheet = null;
  // What the app read of the layout since it is no longer painted, or in this render.
  let read = '';
  // What tells the app of the layout from now on, in every later render.
  let observes = '';

  const use = (name, lasts) => {
    if (read === '') read = name;
    if (lasts && observes === '') observes = name;
  };

  const watch = (owner, label, names, lasts = false) => {
    if (!owner) return;
    for (const name of names.split(' ')) {
      const was = describe(owner, name);
      if (!was?.configurable) continue;
      const full = `${label}.${name}`;
      const watched = (call) => call && { [name]() { use(full, lasts); return apply(call, this, arguments); } }[name];
      const { get, set, value } = was;
      if (get) {
        // Writing a position has an effect only where there is a layout, and it shows when it is read.
        define(owner, name, { ...was, get: describe({ get [name]() { use(full, lasts); return apply(get, this, []); } }, name).get,
          set: name === 'adoptedStyleSheets' ? describe({ set [name](sheets) { use(full, lasts); apply(set, this, [sheets]); } }, name).set : set });
      } else if (typeof value === 'function') {
        define(owner, name, { ...was, value: watched(value) });
      }
    }
  };

  const of = (type, names, lasts) => watch(globalThis[type]?.prototype, type, names, lasts);
  of('Element', 'clientWidth clientHeight clientTop clientLeft scrollWidth scrollHeight scrollTop scrollLeft getBoundingClientRect getClientRects checkVisibility'
    + ' scroll scrollTo scrollBy scrollIntoView scrollIntoViewIfNeeded animate getAnimations computedStyleMap currentCSSZoom');
  of('HTMLElement', 'offsetWidth offsetHeight offsetTop offsetLeft offsetParent scrollParent innerText outerText focus');
  of('SVGElement', 'focus');
  of('MathMLElement', 'focus');
  of('HTMLDialogElement', 'show showModal');
  of('HTMLImageElement', 'width height x y');
  of('HTMLInputElement', 'width height');
  of('SVGGraphicsElement', 'getBBox getCTM getScreenCTM');
  of('SVGGeometryElement', 'getTotalLength getPointAtLength isPointInFill isPointInStroke');
  of('SVGTextContentElement', 'getNumberOfChars getComputedTextLength getSubStringLength getStartPositionOfChar getEndPositionOfChar getExtentOfChar getRotationOfChar getCharNumAtPosition');
  of('SVGSVGElement', 'getIntersectionList getEnclosureList checkIntersection checkEnclosure');
  of('Range', 'getBoundingClientRect getClientRects');
  of('Selection', 'toString modify');
  of('Document', 'elementFromPoint elementsFromPoint caretRangeFromPoint caretPositionFromPoint getAnimations startViewTransition fonts adoptedStyleSheets execCommand');
  of('ShadowRoot', 'elementFromPoint elementsFromPoint getAnimations');
  of('Animation', 'play ready finished');
  // A document of its own has its own built-ins, which are not watched.
  for (const type of ['HTMLIFrameElement', 'HTMLFrameElement', 'HTMLObjectElement']) of(type, 'contentWindow contentDocument');
  watch(globalThis, 'window', 'getComputedStyle scrollX scrollY pageXOffset pageYOffset scroll scrollTo scrollBy find');
  of('IntersectionObserver', 'observe', true);
  of('ResizeObserver', 'observe', true);

  // The sheet is adopted, so it is in no markup and not among document.styleSheets. A page that is painted does not have it.
  const adopt = (hides) => {
    const sheets = apply(adopted.get, document, []);
    const others = [];
    for (let i = 0; i < sheets.length; i++) {
      if (sheets[i] !== sheet) others[others.length] = sheets[i];
    }
    const has = others.length < sheets.length;
    if (has === hides) return;
    if (hides) others[others.length] = sheet;
    apply(adopted.set, document, [others]);
  };

  const paint = (value) => {
    // While the page is painted, what is read between two renders is right.
    if (paints) read = '';
    paints = value;
    if (sheet === null) {
      if (value) return;
      apply(replace, (sheet = new Sheet()), ['body{content-visibility:hidden!important}']);
    }
    adopt(!value);
  };

  const layoutUse = () => ({ read: read === '' && apply(frameCount, globalThis, []) > 0 ? 'a frame' : read, observes });
  define(globalThis, '__fleetPaint', { value: paint });
  define(globalThis, '__fleetLayoutUse', { value: layoutUse });
})();
