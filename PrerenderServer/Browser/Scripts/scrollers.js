// Finds the element that scrolls the content of an app whose document does not scroll, or only a little. Defined for the scripts that follow.
const findScroller = (() => {
  const { getComputedStyle } = globalThis;
  const queryAll = uncurry(Document.prototype.querySelectorAll);
  const queryRoot = uncurry(DocumentFragment.prototype.querySelectorAll);
  const openRoot = getter(Element, 'shadowRoot');
  const knownRoot = globalThis.__fleetShadowRootOf;
  const shadowRoots = globalThis.__fleetShadowRoots;
  const scrollingElement = getter(Document, 'scrollingElement');
  const scrollHeight = getter(Element, 'scrollHeight');
  const clientHeight = getter(Element, 'clientHeight');
  const clientWidth = getter(Element, 'clientWidth');
  const valueOf = uncurry(CSSStyleDeclaration.prototype.getPropertyValue);
  const boxOf = uncurry(Element.prototype.getBoundingClientRect);
  const isVisible = uncurry(Element.prototype.checkVisibility);
  const MAX_HEIGHT = 16384;
  const MAX_ELEMENTS = 50000;

  const sizeOf = (element) => clientWidth(element) * (scrollHeight(element) < MAX_HEIGHT ? scrollHeight(element) : MAX_HEIGHT);

  /** Whether it is in the viewport. A closed menu is beside it, or transparent. */
  const isShown = (element) => {
    const { left, right, top, bottom } = boxOf(element);
    return right > 0 && left < innerWidth && bottom > 0 && top < innerHeight && isVisible(element, { __proto__: null, visibilityProperty: true, opacityProperty: true });
  };

  /** The element with the most content to scroll through, in the document or a shadow tree, whether or not something covers it; null if that is the document's. */
  return () => {
    const top = scrollingElement(document);
    let found = null;
    // A document that is twice as high as its viewport is what scrolls: no search in all its elements.
    if (top !== null && scrollHeight(top) >= 2 * clientHeight(top)) return null;
    let size = top !== null && scrollHeight(top) > clientHeight(top) + 1 ? sizeOf(top) : 0;
    let left = MAX_ELEMENTS;
    const roots = shadowRoots();
    for (let k = -1; k < roots.length; k++) {
      const elements = k < 0 ? queryAll(document, 'body, body *') : queryRoot(roots[k], '*');
      for (let i = 0, element = elements[0]; element !== undefined && left > 0; element = elements[++i], left--) {
        // Those of the parser are not among the known ones.
        const root = openRoot(element);
        if (root !== null && knownRoot(element) === undefined) roots[roots.length] = root;
        if (scrollHeight(element) <= clientHeight(element) + 1 || sizeOf(element) <= size) continue;
        const overflow = valueOf(getComputedStyle(element), 'overflow-y');
        if ((overflow === 'auto' || overflow === 'scroll') && isShown(element)) {
          found = element;
          size = sizeOf(element);
        }
      }
    }
    return found;
  };
})();
