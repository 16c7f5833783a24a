(async (method, request, maxLength, paints) => {
  const host = globalThis.fleet;
  globalThis.__fleetPaint?.(paints);
  // Entries of an earlier render are not dependencies of this one.
  performance.clearResourceTimings();
  const reply = await host[method](request);
  const read = performance.getEntriesByType('resource')
    .filter((entry) => entry.initiatorType === 'fetch' || entry.initiatorType === 'xmlhttprequest')
    .map((entry) => entry.name);
  performance.clearResourceTimings();
  const text = JSON.stringify({ reply, read, layout: globalThis.__fleetLayoutUse?.() });
  return text.length > maxLength ? JSON.stringify({ tooLarge: text.length }) : text;
})
