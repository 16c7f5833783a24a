((selector) => {
  const find = (scope) => {
    const found = scope.querySelector(selector);
    if (found) return found;
    for (const element of scope.querySelectorAll('*')) {
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  let element;
  try {
    element = find(document);
  } catch {
    return 'invalid';
  }
  if (!element) return null;
  const place = () => {
    const box = element.getBoundingClientRect();
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };
  // What scrolls around the element is scrolled until it shows: to its middle, since its edges may be covered. The document stays where it is: the picture goes beyond the viewport.
  const { scrollX: left, scrollY: top } = globalThis;
  const before = place();
  const show = (at) => {
    element.scrollIntoView({ block: at, inline: at, behavior: 'instant' });
    scrollTo({ left, top, behavior: 'instant' });
  };
  show('nearest');
  if (place().some((value, i) => value !== before[i])) show('center');
  return place();
})
