// Scrolls through the document, so that content appears that waits to be scrolled to: by IntersectionObserver, by a scroll event, or as a lazy image or frame.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const { requestAnimationFrame, Promise: Wait } = globalThis;
  const now = performance.now.bind(performance);
  const query = uncurry(Document.prototype.querySelector);
  const queryRoot = uncurry(DocumentFragment.prototype.querySelector);
  const scrollingElement = getter(Document, 'scrollingElement');
  const nodeType = getter(Node, 'nodeType');
  const scrollTo = uncurry(Element.prototype.scrollTo);
  const scrollTop = getter(Element, 'scrollTop');
  const scrollHeight = getter(Element, 'scrollHeight');
  const clientHeight = getter(Element, 'clientHeight');
  const MAX_HEIGHT = 16384;
  const FRAME_MS = 100;
  const revealed = globalThis.__fleetRevealed;
  const shadowRoots = globalThis.__fleetShadowRoots;
  const MAX_ROOTS = 10;
  let observes = false;
  const roots = list();
  const rootOf = getter(IntersectionObserver, 'root');
  const observe = IntersectionObserver.prototype.observe;
  IntersectionObserver.prototype.observe = { observe(target) {
    observes = true;
    const root = rootOf(this);
    if (root !== null && roots.length < MAX_ROOTS) {
      for (let i = 0; i < roots.length; i++) if (roots[i] === root) return observe.call(this, target);
      roots[roots.length] = root;
    }
    return observe.call(this, target);
  } }.observe;

  // React listens for every event in its root element while it is captured, whether or not the app does.
  const { apply } = Reflect;
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = { addEventListener(type, listener) {
    if ((type === 'scroll' || type === 'scrollend') && (this === undefined || this === globalThis || !(arguments[2] === true || arguments[2]?.capture))) observes = true;
    // `content-visibility: auto` renders what comes near the viewport.
    if (type === 'contentvisibilityautostatechange') observes = true;
    return apply(listen, this, arguments);
  } }.addEventListener;
  // Handlers of the window may also come from attributes of the body, so they are read later.
  const windowHandlers = list();
  for (const name of ['onscroll', 'onscrollend', 'oncontentvisibilityautostatechange']) {
    const ofWindow = Object.getOwnPropertyDescriptor(globalThis, name);
    if (ofWindow !== undefined) windowHandlers[windowHandlers.length] = uncurry(ofWindow.get);
    for (const type of [Document, HTMLElement]) {
      const own = Object.getOwnPropertyDescriptor(type.prototype, name);
      if (own === undefined) continue;
      const { set } = own;
      Object.defineProperty(type.prototype, name, { ...own, set: { set(handler) {
        if (handler !== null) observes = true;
        apply(set, this, arguments);
      } }.set });
    }
  }

  // Observers are told once per frame, in a task after it.
  const frame = () => new Wait((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_MS);
  });
  const scrolls = (element) => scrollHeight(element) > clientHeight(element) + 1;

  /** Scrolls through an element and back, until a time at most. Returns whether it did. */
  const pass = async (element, end) => {
    const before = scrollTop(element);
    // The height at the start: a page that adds content at its end grows without end.
    const height = scrollHeight(element) < MAX_HEIGHT ? scrollHeight(element) : MAX_HEIGHT;
    // Half the viewport at a time, so that every small element is once visible as a whole.
    const step = clientHeight(element) / 2;
    if (!(step >= 1)) return false;
    for (let top = step; top < height && now() < end; top += step) {
      scrollTo(element, { top, behavior: 'instant' });
      await frame();
    }
    scrollTo(element, { top: before, behavior: 'instant' });
    await frame();
    return true;
  };

  // Content, or a listener, that waits to be scrolled to because of an attribute.
  const WAITING = 'img[loading=lazy i], iframe[loading=lazy i], [onscroll], [onscrollend], [oncontentvisibilityautostatechange]';
  const waits = () => {
    if (observes || query(document, WAITING) !== null) return true;
    for (let i = 0; i < windowHandlers.length; i++) if (windowHandlers[i](globalThis) !== null) return true;
    const trees = shadowRoots();
    for (let i = 0; i < trees.length; i++) if (queryRoot(trees[i], WAITING) !== null) return true;
    return false;
  };

  const reveal = async (maxMs) => {
    if (!waits()) return false;
    const end = now() + maxMs;
    const top = scrollingElement(document);
    const inner = findScroller();
    let isDone = top !== null && scrolls(top) && await pass(top, end);
    if (inner !== null && now() < end && await pass(inner, end)) isDone = true;
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i];
      if (root !== top && root !== inner && nodeType(root) === 1 && scrolls(root) && now() < end && await pass(root, end)) isDone = true;
    }
    if (isDone) revealed();
    return isDone;
  };
  Object.defineProperty(globalThis, '__fleetReveal', { value: reveal });
})();
