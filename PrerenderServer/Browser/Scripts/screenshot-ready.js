(async () => {
  // What a person would wait for: the fonts in use, and the images. Those that load lazily are asked for now.
  for (const image of document.images) image.loading = 'eager';
  await Promise.allSettled([document.fonts.ready, ...Array.from(document.images, (image) => image.decode())]);
})()
