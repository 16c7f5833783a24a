((html) => {
  document.getElementById('fleet-screenshot')?.remove();
  if (html === null) return;
  // The host's styles apply, because formats are made for its documents. The box is a grid, so that content made to fill its container does.
  const box = document.createElement('div');
  box.id = 'fleet-screenshot';
  // Nothing in it is hovered: Chromium moves a mouse of its own to the corner of a page whose size changes.
  box.inert = true;
  box.style.cssText = 'position:fixed;inset:0;z-index:2147483647;display:grid;overflow:hidden;background:#fff';
  box.innerHTML = html;
  document.documentElement.append(box);
})
