(async (quietMs) => {
  // The page's own word comes first: false means wait, true means now. It may come late, with the document's own scripts.
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
    // A timer that fires late tells of a thread that was busy: what it worked at may be about to show.
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
    const grown = (event) => {
      watch(event.detail);
      changed();
    };
    const done = () => {
      observer.disconnect();
      removeEventListener('fleet:shadow-root', grown);
      resolve();
    };
    watch(document);
    for (const root of globalThis.__fleetShadowRoots?.() ?? []) watch(root);
    addEventListener('fleet:shadow-root', grown);
    changed();
  });
  return (await isExplicit()) ? 'explicit' : 'quiet';
})
