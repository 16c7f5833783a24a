// Finds the values with which animations of scripts leave their elements: they are in no attribute, and the animations do not run again where the document is
// opened, as those of CSS do. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const { isFinite, WeakMap: Ends } = globalThis;
  const isOf = (type) => uncurry(type.prototype.isPrototypeOf).bind(null, type.prototype);
  const isTransition = isOf(CSSTransition);
  const isCssAnimation = isOf(CSSAnimation);
  const isKeyframes = isOf(KeyframeEffect);
  const animationsIn = uncurry(Document.prototype.getAnimations);
  const animationsInRoot = uncurry(ShadowRoot.prototype.getAnimations);
  const effectOf = getter(Animation, 'effect');
  const playState = getter(Animation, 'playState');
  const timelineOf = getter(Animation, 'timeline');
  const timeline = getter(Document, 'timeline');
  const targetOf = getter(KeyframeEffect, 'target');
  const pseudoOf = getter(KeyframeEffect, 'pseudoElement');
  const keyframesOf = uncurry(KeyframeEffect.prototype.getKeyframes);
  const timingOf = uncurry(AnimationEffect.prototype.getComputedTiming);
  const shadowRoots = globalThis.__fleetShadowRoots;
  const ownNames = Object.getOwnPropertyNames;
  const indexOf = uncurry(String.prototype.indexOf);
  const slice = uncurry(String.prototype.slice);
  const lower = uncurry(String.prototype.toLowerCase);
  const codeAt = uncurry(String.prototype.charCodeAt);
  const recall = uncurry(WeakMap.prototype.get);
  const remember = uncurry(WeakMap.prototype.set);
  let ends = new Ends();

  const propertyName = (name) => {
    if (indexOf(name, '--') === 0) return name;
    if (name === 'cssFloat' || name === 'cssOffset') return lower(slice(name, 3));
    let written = '';
    for (let i = 0; i < name.length; i++) written += codeAt(name, i) < 97 ? `-${lower(name[i])}` : name[i];
    return written;
  };
  const note = (animation) => {
    const effect = effectOf(animation);
    if (isTransition(animation) || isCssAnimation(animation) || effect === null || !isKeyframes(effect) || timelineOf(animation) !== timeline(document)) return;
    if (playState(animation) !== 'finished' && playState(animation) !== 'running') return;
    const timing = timingOf(effect);
    if (targetOf(effect) === null || pseudoOf(effect) !== null || (timing.fill !== 'forwards' && timing.fill !== 'both') || !isFinite(timing.endTime)) return;
    const keyframes = keyframesOf(effect);
    // Iterations go forwards and backwards in turn, or all in one direction.
    const isBackwards = timing.direction === 'reverse' || (timing.direction === 'alternate' && timing.iterations % 2 === 0)
      || (timing.direction === 'alternate-reverse' && timing.iterations % 2 === 1);
    const last = keyframes[isBackwards ? 0 : keyframes.length - 1];
    if (last === undefined || last.composite === 'add' || last.composite === 'accumulate') return;
    let text = recall(ends, targetOf(effect)) ?? '';
    const names = ownNames(last);
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== 'offset' && names[i] !== 'computedOffset' && names[i] !== 'easing' && names[i] !== 'composite') text += `${text === '' ? '' : '; '}${propertyName(names[i])}: ${last[names[i]]}`;
    }
    remember(ends, targetOf(effect), text);
  };

  /** Finds them as they are now. */
  const find = () => {
    ends = new Ends();
    const found = animationsIn(document);
    for (let i = 0; i < found.length; i++) note(found[i]);
    const roots = shadowRoots();
    for (let i = 0; i < roots.length; i++) {
      const within = animationsInRoot(roots[i]);
      for (let k = 0; k < within.length; k++) note(within[k]);
    }
  };

  /** The declarations that an animation leaves to an element, separated by semicolons; undefined without one. */
  const of = (element) => recall(ends, element);

  // Taken by capture.js, which runs next.
  globalThis.__fleetEnds = { find, of };
})();
