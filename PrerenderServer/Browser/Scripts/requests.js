// A request that outlives its document would reach the next visit of the page: its response may set cookies. So none does. Runs before any script of a
// document, and of a worker that a document starts.
(() => {
  const { fetch } = globalThis;
  const apply = Reflect.apply;
  globalThis.fetch = { fetch(input) {
    const init = arguments[1];
    return apply(fetch, this, (init?.keepalive ?? input?.keepalive) ? [input, { ...init, keepalive: false }] : arguments);
  } }.fetch;
  // A beacon reports a visit, and a render is none.
  if (globalThis.Navigator?.prototype.sendBeacon) Navigator.prototype.sendBeacon = { sendBeacon(url) { return true; } }.sendBeacon;
})();
