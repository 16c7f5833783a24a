(async (quietMs) => {
  // window.prerenderReady takes precedence: false means wait, true means ready. A script of the document may set it late.
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const isExplicit = async () => {
    while (globalThis.prerenderReady === false) await sleep(20);
    return globalThis.prerenderReady === true;
  };
  if (await isExplicit()) return 'explicit';
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  if (await isExplicit()) return 'explicit';
  await new Promise((resolve) => {
    let timer = 0;
    // A timer that fires late indicates that the thread was busy. Its changes may be about to appear, so wait again.
    const arm = () => {
      const armed = performance.now();
      timer = setTimeout(() => (performance.now() - armed > 2 * quietMs + 50 ? arm() : done()), quietMs);
    };
    const changed = () => {
      clearTimeout(timer);
      if (globalThis.prerenderReady === undefined) arm();
      else done();
    };
    const observer = new MutationObserver(changed);
    const watch = (root) => observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    const rootAdded = (event) => {
      watch(event.detail);
      changed();
    };
    const done = () => {
      observer.disconnect();
      removeEventListener('fleet:shadow-root', rootAdded);
      resolve();
    };
    watch(document);
    for (const root of globalThis.__fleetShadowRoots?.() ?? []) watch(root);
    addEventListener('fleet:shadow-root', rootAdded);
    changed();
  });
  return (await isExplicit()) ? 'explicit' : 'quiet';
})
