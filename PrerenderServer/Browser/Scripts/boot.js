(async () => {
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  const host = globalThis.fleet;
  if (!host || typeof host.render !== 'function') return null;
  await host.ready;
  return { version: String(host.version ?? ''), capabilities: Array.from(host.capabilities ?? [], String) };
})()
