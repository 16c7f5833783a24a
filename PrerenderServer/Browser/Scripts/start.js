// Runs before any script of the document. A closed shadow root is accessible only to the code that observed its creation.
(() => {
  const deref = uncurry(WeakRef.prototype.deref);
  const remember = uncurry(WeakMap.prototype.set);
  const recall = uncurry(WeakMap.prototype.get);
  const hostOf = uncurry(Object.getOwnPropertyDescriptor(ShadowRoot.prototype, 'host').get);
  const isConnected = uncurry(Object.getOwnPropertyDescriptor(Node.prototype, 'isConnected').get);
  const { CustomEvent: Told } = globalThis;
  const dispatch = uncurry(EventTarget.prototype.dispatchEvent);
  const rootOfHost = new WeakMap();
  const roots = list();
  const add = (host, root) => {
    remember(rootOfHost, host, root);
    roots[roots.length] = new WeakRef(root);
  };
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(init) {
    const root = attach.call(this, init);
    add(this, root);
    dispatch(globalThis, new Told('fleet:shadow-root', { __proto__: null, detail: root }));
    return root;
  };
  Object.defineProperty(globalThis, '__fleetShadowRootOf', { value: (host) => recall(rootOfHost, host) });
  // Called with a root that the parser attached, which only the debugger can see.
  Object.defineProperty(globalThis, '__fleetAddShadowRoot', { value: (root) => add(hostOf(root), root) });
  Object.defineProperty(globalThis, '__fleetShadowRoots', {
    value: () => {
      const connected = list();
      for (let i = 0; i < roots.length; i++) {
        const root = deref(roots[i]);
        if (root && isConnected(hostOf(root))) connected[connected.length] = root;
      }
      return connected;
    },
  });
  // A new window shares this page's thread and is never captured. Return null, as a popup blocker does.
  const open = globalThis.open;
  globalThis.open = function (url, target, features) {
    return /^_(self|parent|top)$/i.test(target) ? open.call(globalThis, url, target, features) : null;
  };
  // The old document may run these handlers while the next one loads, and would write into its storage, or into window.name.
  const stop = (event) => {
    if (event.type !== 'visibilitychange' || document.visibilityState === 'hidden') event.stopImmediatePropagation();
  };
  for (const type of ['beforeunload', 'pagehide', 'unload', 'visibilitychange']) globalThis.addEventListener(type, stop, true);
  // A service worker would answer requests from an old cache, and one that is never installed would keep apps waiting for navigator.serviceWorker.ready.
  // Apps test for the property, because browsers do not have it on insecure origins.
  delete Navigator.prototype.serviceWorker;
  // Only Chromium has it. Apps ask it first whether the device is mobile.
  if (!/Chrome\/\d/.test(navigator.userAgent)) delete Navigator.prototype.userAgentData;
})();
