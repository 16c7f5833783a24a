// Builds the app twice, with and without Fleet's host contract: dist-contract, dist-plain.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const rows = (file) => JSON.stringify(Array.from({ length: 120 }, (_, id) => ({ id, name: `Product ${file}-${id}`, text: 'A text that says what it is and what it is for, as long as such texts are. '.repeat(3), price: ((id * 37 + file) % 900) / 10 })));

for (const kind of ['contract', 'plain']) {
  const dist = `${here}/../dist-${kind}`;
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(`${dist}/assets`, { recursive: true });
  await build({ entryPoints: [`${here}/app.jsx`], bundle: true, minify: true, format: 'iife', jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' }, outfile: `${dist}/assets/app.js`, logLevel: 'error' });
  const hash = createHash('md5').update(readFileSync(`${dist}/assets/app.js`)).digest('hex').slice(0, 12);
  renameSync(`${dist}/assets/app.js`, `${dist}/assets/app-${hash}.js`);
  const body = kind === 'contract' ? '<div id="app"><!--fleet:body--></div>' : '<div id="app"></div>';
  const head = kind === 'contract' ? '<!--fleet:head-->' : '';
  writeFileSync(`${dist}/index.html`, `<!doctype html><html lang="en" data-host="${kind}"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${body}<script src="/assets/app-${hash}.js"></script></body></html>\n`);
  for (let file = 0; file < 4; file++) writeFileSync(`${dist}/rows-${file}.json`, rows(file));
  console.log(`${kind}: ${(readFileSync(`${dist}/assets/app-${hash}.js`).length / 1e6).toFixed(2)} MB of script`);
}
