// Runs before any script of the document. A closed shadow root can be captured, and watched, only by whoever saw it being made.
(() => {
  const roots = new Set();
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(init) {
    const root = attach.call(this, init);
    roots.add(new WeakRef(root));
    globalThis.dispatchEvent(new CustomEvent('fleet:shadow-root', { detail: root }));
    return root;
  };
  Object.defineProperty(globalThis, '__fleetShadowRoots', {
    value: () => [...roots].map((ref) => ref.deref()).filter((root) => root?.host.isConnected),
  });
  // A window of its own shares this page's thread, and nobody would look at it: it is refused, as a browser's popup blocker does.
  const open = globalThis.open;
  globalThis.open = function (url, target, features) {
    return /^_(self|parent|top)$/i.test(target) ? open.call(globalThis, url, target, features) : null;
  };
  // A service worker would answer for the host app, with what it kept from before.
  if (globalThis.ServiceWorkerContainer) {
    ServiceWorkerContainer.prototype.register = async () => {
      throw new DOMException('Service workers are not available to prerendering.', 'NotSupportedError');
    };
  }
})();
