(async () => {
  // Waits for the fonts in use and for the images. Lazy images start loading now.
  for (const image of document.images) image.loading = 'eager';
  await Promise.allSettled([document.fonts.ready, ...Array.from(document.images, (image) => image.decode())]);
})()
