// Makes a document ready for its picture: everything is shown and loaded, and moves no more. The document is not used any further, except for that of a host app below
// the overlay of show.js, which stays as it is.
(async () => {
  const overlay = document.getElementById('fleet-screenshot');
  const roots = overlay === null ? [document, ...globalThis.__fleetShadowRoots()] : [overlay];
  const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  // Chromium does not paint these beyond the viewport, also where a picture shows more than that.
  for (const element of all('*')) {
    if (getComputedStyle(element).contentVisibility === 'auto') element.style.setProperty('content-visibility', 'visible', 'important');
  }
  // An entrance that has not come in would be missing. A spinner, which has no end, stays as it is, and so does what scrolling moves.
  const finite = roots.flatMap((root) => root.getAnimations({ subtree: true }))
    .filter((animation) => animation.playState === 'running' && animation.timeline === document.timeline && Number.isFinite(animation.effect?.getComputedTiming().endTime));
  for (const animation of finite) animation.finish();
  if (finite.length > 0) await new Promise((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 100); });
  // The fonts in use and the images. Lazy images start loading now.
  const images = all('img');
  for (const image of images) image.loading = 'eager';
  await Promise.allSettled([document.fonts.ready, ...images.map((image) => image.decode())]);
})()
