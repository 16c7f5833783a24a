// Waits until the host app is ready. An app may define its contract late, for example in an effect after its first render, so wait while the document grows.
(async (quietMs, maxMs) => {
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  const find = () => (typeof globalThis.fleet?.render === 'function' ? globalThis.fleet : null);
  if (find() === null) {
    let isQuiet = false;
    const quiet = globalThis.__fleetSettle(quietMs, maxMs).then(() => { isQuiet = true; });
    while (!isQuiet && find() === null) await Promise.race([quiet, new Promise((resolve) => setTimeout(resolve, 10))]);
  }
  const host = find();
  if (host === null) return null;
  await host.ready;
  return { capabilities: Array.from(host.capabilities ?? [], String) };
})
