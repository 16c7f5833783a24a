((maxLength) => {
  const text = JSON.stringify(globalThis.fleet.stage());
  return text.length > maxLength ? '{}' : text;
})
