((selector) => {
  let element;
  try {
    element = document.querySelector(selector);
  } catch {
    return 'invalid';
  }
  if (!element) return null;
  const box = element.getBoundingClientRect();
  return [box.x + scrollX, box.y + scrollY, box.width, box.height];
})
