// Scrolls through the document, so that content appears that waits to be scrolled to: by IntersectionObserver, by a scroll event, or as a lazy image or frame.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const { requestAnimationFrame, getComputedStyle, Promise: Wait } = globalThis;
  const now = performance.now.bind(performance);
  const query = uncurry(Document.prototype.querySelector);
  const scrollingElement = getter(Document, 'scrollingElement');
  const elementFromPoint = uncurry(Document.prototype.elementFromPoint);
  const parentElement = getter(Node, 'parentElement');
  const nodeType = getter(Node, 'nodeType');
  const scrollTo = uncurry(Element.prototype.scrollTo);
  const scrollTop = getter(Element, 'scrollTop');
  const scrollHeight = getter(Element, 'scrollHeight');
  const clientHeight = getter(Element, 'clientHeight');
  const MAX_HEIGHT = 16384;
  const FRAME_MS = 100;
  const revealed = globalThis.__fleetRevealed;
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
  const onscroll = uncurry(Object.getOwnPropertyDescriptor(globalThis, 'onscroll').get);
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = { addEventListener(type, listener) {
    if ((type === 'scroll' || type === 'scrollend') && (this === undefined || this === globalThis || !(arguments[2] === true || arguments[2]?.capture))) observes = true;
    return apply(listen, this, arguments);
  } }.addEventListener;

  // Observers are told once per frame, in a task after it.
  const frame = () => new Wait((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_MS);
  });
  const scrolls = (element) => scrollHeight(element) > clientHeight(element) + 1;

  /** The element that scrolls the content: the document's, or the one in the middle of the viewport. */
  const scroller = () => {
    const top = scrollingElement(document);
    if (top !== null && scrolls(top)) return top;
    for (let at = elementFromPoint(document, innerWidth / 2, innerHeight / 2); at !== null; at = parentElement(at)) {
      const overflow = scrolls(at) ? getComputedStyle(at).overflowY : '';
      if (overflow === 'auto' || overflow === 'scroll') return at;
    }
    return null;
  };

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

  const reveal = async (maxMs) => {
    if (!observes && onscroll(globalThis) === null && query(document, 'img[loading=lazy i], iframe[loading=lazy i]') === null) return false;
    const end = now() + maxMs;
    const element = scroller();
    let isDone = element !== null && await pass(element, end);
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i];
      if (root !== element && nodeType(root) === 1 && scrolls(root) && now() < end && await pass(root, end)) isDone = true;
    }
    if (isDone) revealed();
    return isDone;
  };
  Object.defineProperty(globalThis, '__fleetReveal', { value: reveal });
})();
