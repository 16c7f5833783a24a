((html) => {
  document.getElementById('fleet-screenshot')?.remove();
  if (html === null) return;
  // The host's own styles apply: a format is made to stand in its documents. The box is a grid, so that what is made to fill one, does.
  const box = document.createElement('div');
  box.id = 'fleet-screenshot';
  box.style.cssText = 'position:fixed;inset:0;z-index:2147483647;display:grid;overflow:hidden;background:#fff';
  box.innerHTML = html;
  document.documentElement.append(box);
})
