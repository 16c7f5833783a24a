(async (method, request, maxLength) => {
  const host = globalThis.fleet;
  // Entries of an earlier render are not dependencies of this one.
  performance.clearResourceTimings();
  const reply = await host[method](request);
  const read = performance.getEntriesByType('resource')
    .filter((entry) => entry.initiatorType === 'fetch' || entry.initiatorType === 'xmlhttprequest')
    .map((entry) => entry.name);
  performance.clearResourceTimings();
  const text = JSON.stringify({ reply, read });
  return text.length > maxLength ? JSON.stringify({ tooLarge: text.length }) : text;
})
