// Waits until the document stops growing. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const parentNode = getter(Node, 'parentNode');
  const nodeType = getter(Node, 'nodeType');
  const textContent = getter(Node, 'textContent');
  const rootElement = getter(Document, 'documentElement');
  const localName = getter(Element, 'localName');
  const idOf = getter(Element, 'id');
  const className = uncurry(Element.prototype.getAttribute);
  const elementsIn = uncurry(Element.prototype.querySelectorAll);
  const rootElementsIn = uncurry(DocumentFragment.prototype.querySelectorAll);
  const recall = uncurry(WeakMap.prototype.get);
  const remember = uncurry(WeakMap.prototype.set);
  const observe = uncurry(MutationObserver.prototype.observe);
  const disconnect = uncurry(MutationObserver.prototype.disconnect);
  const targetOf = getter(MutationRecord, 'target');
  const typeOf = getter(MutationRecord, 'type');
  const added = getter(MutationRecord, 'addedNodes');
  const removed = getter(MutationRecord, 'removedNodes');
  const count = getter(NodeList, 'length');
  const readyState = getter(Document, 'readyState');
  const { addEventListener, removeEventListener, MutationObserver: Observer, Promise: Wait } = globalThis;
  const now = performance.now.bind(performance);
  const shadowRoots = globalThis.__fleetShadowRoots;
  const pending = globalThis.__fleetPending;
  delete globalThis.__fleetPending;
  const max = Math.max;

  // Clocks, counters, animations and tickers replace content by content of about the same size, for ever. An element whose children or text change more
  // often than this is restless: from then on, only growth of its content counts.
  const MAX_CHANGES = 10;
  const MAX_ATTRIBUTE_CHANGES = 3;
  const LOAD_MS = 5000;
  // What is about to end is waited for so long: a timer, an animation, the changes of an element that is restless. Content that a splash screen or a transition
  // holds back, or that fades in, is not complete before. Whatever goes on for ever costs this time once.
  const LINGER_MS = 1000;
  // Content that comes piece by piece is waited for as long as each piece comes in time, and for so long in all.
  const PIECES_MS = 3000;
  // Numbers that count up, and text that is typed, for so long: half of one would be wrong.
  const TEXT_MS = 2500;
  // A page that shows nothing yet, because a style hides its root until an experiment or a font has been loaded, is waited for so long, if a timer is to show it.
  const HIDDEN_MS = 5000;
  // What goes on does so for so long after its last sign: a change of an element that is restless, a message of the page to itself.
  const SIGN_MS = 100;
  let lingered = 0;
  let lingeredInAll = 0;
  let lastRestless = -LINGER_MS;
  let lastText = -LINGER_MS;
  let states = new WeakMap();
  let batch = 0;

  const animationsOf = uncurry(Document.prototype.getAnimations);
  const playState = getter(Animation, 'playState');
  const currentTime = getter(Animation, 'currentTime');
  const effectOf = getter(Animation, 'effect');
  const timingOf = uncurry(AnimationEffect.prototype.getComputedTiming);

  const bodyOf = getter(Document, 'body');
  const computed = globalThis.getComputedStyle;
  const valueOf = uncurry(CSSStyleDeclaration.prototype.getPropertyValue);
  const hides = (element) => {
    if (element === null) return false;
    const style = computed(element);
    return valueOf(style, 'opacity') === '0' || valueOf(style, 'visibility') === 'hidden' || valueOf(style, 'display') === 'none';
  };

  /** Whether something is about to end. */
  const isEnding = (quietMs) => {
    const sign = quietMs < SIGN_MS ? quietMs : SIGN_MS;
    if (lingered < TEXT_MS && now() - lastText < sign) return true;
    let found = lingered < LINGER_MS && (now() - lastRestless < sign || pending.hasTimer(false) || pending.hasChain());
    if (!found && pending.hasTimer(true) && (hides(rootElement(document)) || hides(bodyOf(document)))) return true;
    if (!found && (now() - pending.lastPosted() < sign || pending.isWorking())) return true;
    if (lingered >= LINGER_MS) return false;
    const animations = found ? [] : animationsOf(document);
    for (let i = 0; i < animations.length && !found; i++) {
      const effect = effectOf(animations[i]);
      const left = effect !== null && playState(animations[i]) === 'running' ? timingOf(effect).endTime - currentTime(animations[i]) : 0;
      found = left > 0 && left <= LINGER_MS;
    }
    return found;
  };

  const weigh = (node) => {
    const top = nodeType(node) === 9 ? rootElement(node) : node;
    if (top === null) return 0;
    const elements = nodeType(top) === 1 ? elementsIn(top, '*') : rootElementsIn(top, '*');
    return textContent(top).length + elements.length;
  };
  const stateOf = (node) => {
    let state = recall(states, node);
    if (state === undefined) remember(states, node, (state = { changes: 0, attributes: 0, weight: -1, batch: 0 }));
    return state;
  };

  /** Whether a change counts: what it changed is not restless, or has grown. */
  const counts = (node, type) => {
    for (let at = node; at !== null; at = parentNode(at)) {
      const state = recall(states, at);
      if (state === undefined || state.weight < 0) continue;
      if (type === 'attributes' || state.batch === batch) return false;
      state.batch = batch;
      const weight = weigh(at);
      if (weight <= state.weight) return false;
      state.weight = weight;
      return true;
    }

    const state = stateOf(node);
    if (type === 'attributes') return ++state.attributes <= MAX_ATTRIBUTE_CHANGES;
    if (++state.changes > MAX_CHANGES) state.weight = weigh(node);
    return true;
  };

  const describe = (node) => {
    let text = '';
    for (let at = node, depth = 0; at !== null && nodeType(at) === 1 && depth < 3; at = parentNode(at), depth++) {
      const id = idOf(at);
      const classes = className(at, 'class');
      text = `${localName(at)}${id ? `#${id}` : classes ? `.${classes}` : ''}${text === '' ? '' : ` > ${text}`}`;
    }
    return text === '' ? 'the document' : text;
  };

  const sleep = (ms) => new Wait((resolve) => setTimeout(resolve, ms));

  const settle = async (quietMs, maxMs) => {
    const end = now() + maxMs;
    // window.prerenderReady takes precedence: false means wait, true means ready. A script of the document may set it late.
    const isExplicit = async () => {
      while (globalThis.prerenderReady === false && now() < end) await sleep(20);
      return globalThis.prerenderReady === true;
    };
    if (await isExplicit()) return 'explicit';
    // An image or a frame that never loads keeps the document from loading.
    if (readyState(document) !== 'complete') {
      await new Wait((resolve) => {
        addEventListener('load', resolve, { once: true });
        // A page that is about to leave, or has stopped to load, is complete without that event.
        addEventListener('readystatechange', () => { if (readyState(document) === 'complete') resolve(); }, true);
        setTimeout(resolve, max(0, end - now() < LOAD_MS ? end - now() : LOAD_MS));
      });
    }
    if (await isExplicit()) return 'explicit';
    if (globalThis.prerenderReady === false) return 'restless window.prerenderReady is still false';
    let restless = '';
    await new Wait((resolve) => {
      let timer = 0;
      let last = null;
      // A timer that fires late indicates that the thread was busy. Its changes may be about to appear, so wait again.
      const arm = () => {
        const armed = now();
        timer = setTimeout(() => {
          if (now() >= end) {
            done();
          } else if (now() - armed > 2 * quietMs + 50) {
            arm();
          } else if (lingered < HIDDEN_MS && isEnding(quietMs)) {
            lingered += now() - armed;
            lingeredInAll += now() - armed;
            arm();
          } else {
            done();
          }
        }, quietMs);
      };
      const changed = () => {
        if (now() >= end) {
          restless = `${last === null ? 'the document' : describe(last)} still changes`;
          done();
          return;
        }

        clearTimeout(timer);
        if (globalThis.prerenderReady === undefined) arm();
        else done();
      };
      const observer = new Observer((records) => {
        batch++;
        let active = false;
        let pieces = 0;
        for (let i = 0; i < records.length; i++) {
          const target = targetOf(records[i]);
          const type = typeOf(records[i]);
          const node = type === 'characterData' ? parentNode(target) ?? target : target;
          if (!counts(node, type)) {
            lastRestless = now();
            if (type !== 'attributes') lastText = lastRestless;
            continue;
          }
          active = true;
          last = node;
          pieces += count(added(records[i])) - count(removed(records[i]));
        }
        if (pieces > 0) {
          pending.grew();
          if (lingeredInAll < PIECES_MS) lingered = 0;
        }
        if (active) changed();
      });
      const watch = (root) => observe(observer, root, { subtree: true, childList: true, attributes: true, characterData: true });
      const rootAdded = (event) => {
        watch(event.detail);
        changed();
      };
      const done = () => {
        clearTimeout(timer);
        disconnect(observer);
        removeEventListener('fleet:shadow-root', rootAdded);
        resolve();
      };
      watch(document);
      const roots = shadowRoots();
      for (let i = 0; i < roots.length; i++) watch(roots[i]);
      addEventListener('fleet:shadow-root', rootAdded);
      changed();
    });
    if (await isExplicit()) return 'explicit';
    if (globalThis.prerenderReady === false) return 'restless window.prerenderReady is still false';
    return restless === '' ? 'quiet' : `restless ${restless}`;
  };
  Object.defineProperty(globalThis, '__fleetSettle', { value: settle });
  // Called between two visits: what was restless need not be so in the next one.
  Object.defineProperty(globalThis, '__fleetForgetStates', { configurable: true, value: () => { states = new WeakMap(); lingered = lingeredInAll = 0; } });
  // Called when the document was scrolled through: what has come into view may fade in.
  Object.defineProperty(globalThis, '__fleetRevealed', { value: () => { lingered = lingeredInAll = 0; } });
})();
