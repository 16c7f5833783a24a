// Serves browserless with its content route, POST /chromium/content: node serve.mjs <port> <chromium> <lanes> <deadline in ms>. Exits when its standard input ends.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [port, chromium, lanes, deadline] = process.argv.slice(2);
const folder = path.dirname(fileURLToPath(import.meta.url));
// It looks for packages in the working directory.
process.chdir(folder);
const data = path.join(folder, 'data');
fs.rmSync(data, { recursive: true, force: true });
fs.mkdirSync(data);
Object.assign(process.env, { HOST: '127.0.0.1', PORT: port, CONCURRENT: lanes, TIMEOUT: deadline, DATA_DIR: data, DEBUG: 'none', PLAYWRIGHT_BROWSERS_PATH: path.join(folder, 'browsers') });

// It starts the Chromium of its own Playwright: that path leads to the one that all systems use.
const { chromium: own } = await import('playwright-core');
fs.rmSync(process.env.PLAYWRIGHT_BROWSERS_PATH, { recursive: true, force: true });
fs.mkdirSync(path.dirname(own.executablePath()), { recursive: true });
fs.symlinkSync(chromium, own.executablePath());

// Its other routes want browsers that are not installed.
const { Browserless, BrowserlessRoutes } = await import('@browserless.io/browserless');
const browserless = new Browserless();
browserless.disableRoutes(...Object.values(BrowserlessRoutes).filter((route) => route !== BrowserlessRoutes.ChromiumContentPostRoute));
process.stdin.resume().on('end', () => process.exit(0));
await browserless.start();
