// Makes a document ready for its picture: everything is shown and loaded, and moves no more. The document is not used any further, except for that of a host app below
// the overlay of show.js, which stays as it is. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is shown
  const { requestAnimationFrame, getComputedStyle, isFinite, Promise: Wait } = globalThis;
  const nodeType = getter(Node, 'nodeType');
  const elementById = uncurry(Document.prototype.getElementById);
  const queries = { __proto__: null, 1: uncurry(Element.prototype.querySelectorAll), 9: uncurry(Document.prototype.querySelectorAll), 11: uncurry(DocumentFragment.prototype.querySelectorAll) };
  const animations = { __proto__: null, 1: uncurry(Element.prototype.getAnimations), 9: uncurry(Document.prototype.getAnimations), 11: uncurry(ShadowRoot.prototype.getAnimations) };
  const valueOf = uncurry(CSSStyleDeclaration.prototype.getPropertyValue);
  const setProperty = uncurry(CSSStyleDeclaration.prototype.setProperty);
  const styleMap = { __proto__: null, 'http://www.w3.org/1999/xhtml': getter(HTMLElement, 'style'), 'http://www.w3.org/2000/svg': getter(SVGElement, 'style') };
  const namespaceOf = getter(Element, 'namespaceURI');
  const playState = getter(Animation, 'playState');
  const timelineOf = getter(Animation, 'timeline');
  const effectOf = getter(Animation, 'effect');
  const finish = uncurry(Animation.prototype.finish);
  const timeline = getter(Document, 'timeline');
  const timingOf = uncurry(AnimationEffect.prototype.getComputedTiming);
  const setLoading = uncurry(Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'loading').set);
  const decode = uncurry(HTMLImageElement.prototype.decode);
  const then = uncurry(Promise.prototype.then);
  // What cannot be loaded is shown as it is.
  const nothing = () => {};
  const { fonts } = document;
  const fontsLoaded = getter(FontFaceSet, 'ready');
  const shadowRoots = globalThis.__fleetShadowRoots;

  const indexOf = uncurry(String.prototype.indexOf);
  const boxOf = uncurry(Element.prototype.getBoundingClientRect);
  const scrollHeight = getter(Element, 'scrollHeight');
  const rootElement = getter(Document, 'documentElement');
  const clientHeight = getter(Element, 'clientHeight');
  const assignedSlot = getter(Element, 'assignedSlot');
  const parentNode = getter(Node, 'parentNode');
  const hostOf = getter(ShadowRoot, 'host');
  const number = Number.parseFloat;
  const MAX_HEIGHT = 16384;

  const parentOf = (element) => {
    const parent = assignedSlot(element) ?? parentNode(element);
    return parent === null || nodeType(parent) === 9 ? null : nodeType(parent) === 11 ? hostOf(parent) : parent;
  };

  /** Whether an element takes a third of the viewport: the content of the page, and not a list in it. */
  const isShell = (element) => {
    const { left, right, top, bottom } = boxOf(element);
    const width = (right < innerWidth ? right : innerWidth) - (left > 0 ? left : 0);
    const height = (bottom < innerHeight ? bottom : innerHeight) - (top > 0 ? top : 0);
    return width > 0 && height > 0 && width * height * 3 >= innerWidth * innerHeight;
  };

  /** Shows all content of an element that scrolls, as if the viewport were so high: it and what it is in are higher by the height that it hides. */
  const grow = (element) => {
    const hidden = scrollHeight(element) - clientHeight(element);
    const more = hidden < MAX_HEIGHT ? hidden : MAX_HEIGHT;
    const chain = list();
    for (let at = element; at !== null; at = parentOf(at)) {
      const styleOf = styleMap[namespaceOf(at)];
      const computed = getComputedStyle(at);
      const height = number(valueOf(computed, 'height'));
      // Elements without a box, as slots, have none.
      if (styleOf === undefined || !isFinite(height)) continue;
      chain[chain.length] = { __proto__: null, style: styleOf(at), height, position: valueOf(computed, 'position'), overflow: valueOf(computed, 'overflow-x') };
    }
    for (let i = 0; i < chain.length; i++) {
      const { style, height, position, overflow } = chain[i];
      // A minimum applies in every layout: of blocks, flex, grid, with an absolute position. The height itself is free for paper, which is narrower.
      setProperty(style, 'min-height', `${height + more}px`, 'important');
      setProperty(style, 'max-height', 'none', 'important');
      setProperty(style, 'height', 'auto', 'important');
      setProperty(style, 'overflow', overflow === 'visible' ? 'visible' : 'clip visible', 'important');
      setProperty(style, 'contain', 'none', 'important');
      setProperty(style, 'transition', 'none', 'important');
      if (position === 'fixed') setProperty(style, 'position', 'absolute', 'important');
      if (position === 'fixed' || position === 'absolute') setProperty(style, 'bottom', 'auto', 'important');
    }
  };

  /**
   * @param isWhole whether the picture shows the whole page, and not the viewport
   * @param isPaper whether it is a PDF
   */
  const ready = async (isWhole, isPaper) => {
    const overlay = elementById(document, 'fleet-screenshot');
    const roots = overlay === null ? shadowRoots() : list();
    roots[roots.length] = overlay ?? document;
    const each = (selector, call) => {
      for (let i = 0; i < roots.length; i++) {
        const found = queries[nodeType(roots[i])](roots[i], selector);
        for (let k = 0; found[k] !== undefined; k++) call(found[k]);
      }
    };

    const scroller = (isWhole || isPaper) && overlay === null ? findScroller() : null;
    if (scroller !== null && isShell(scroller)) grow(scroller);

    // Chromium does not paint these beyond the viewport, also where a picture shows more than that.
    const places = list();
    each('*', (element) => {
      const styleOf = styleMap[namespaceOf(element)];
      if (styleOf === undefined) return;
      const computed = getComputedStyle(element);
      if (valueOf(computed, 'content-visibility') === 'auto') setProperty(styleOf(element), 'content-visibility', 'visible', 'important');
      if (!isWhole) return;
      // A background that is fixed to the viewport would be in the first one only.
      if (indexOf(valueOf(computed, 'background-attachment'), 'fixed') >= 0) setProperty(styleOf(element), 'background-attachment', 'scroll', 'important');
      const position = valueOf(computed, 'position');
      if (position === 'fixed' || position === 'sticky') places[places.length] = { __proto__: null, element, style: styleOf(element), position, computed };
    });

    // What sticks to the bottom of the viewport is at the bottom of a page that is shown as a whole, and not across its text.
    for (let i = 0; i < places.length; i++) {
      const { element, style, position, computed } = places[i];
      if (position === 'sticky') {
        setProperty(style, 'position', 'relative', 'important');
        setProperty(style, 'inset', 'auto', 'important');
      } else if (boxOf(element).top >= innerHeight / 2) {
        setProperty(style, 'bottom', `calc(${valueOf(computed, 'bottom')} - ${scrollHeight(rootElement(document)) - innerHeight}px)`, 'important');
        setProperty(style, 'top', 'auto', 'important');
      }
    }

    // An entrance that has not come in would be missing. A spinner, which has no end, stays as it is, and so does what scrolling moves.
    let isMoved = false;
    for (let i = 0; i < roots.length; i++) {
      const found = animations[nodeType(roots[i])](roots[i], { __proto__: null, subtree: true });
      for (let k = 0; k < found.length; k++) {
        const effect = effectOf(found[k]);
        if (effect === null || playState(found[k]) !== 'running' || timelineOf(found[k]) !== timeline(document) || !isFinite(timingOf(effect).endTime)) continue;
        finish(found[k]);
        isMoved = true;
      }
    }
    if (isMoved) await new Wait((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 100); });

    // The fonts in use and the images. Lazy images start loading now.
    const loads = list();
    loads[0] = then(fontsLoaded(fonts), nothing, nothing);
    each('img', (image) => {
      setLoading(image, 'eager');
      loads[loads.length] = then(decode(image), nothing, nothing);
    });
    for (let i = 0; i < loads.length; i++) await loads[i];
  };
  Object.defineProperty(globalThis, '__fleetReady', { value: ready });
})();
