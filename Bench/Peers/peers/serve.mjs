// Serves one peer, as GET /?url= or, for Prerender, GET /render?url=: node serve.mjs <system> <port> <chromium> <lanes> <deadline in ms>. Exits when its standard input ends.
import http from 'node:http';
import puppeteer from 'puppeteer-core';

const [system, port, chromium, lanes, deadline] = process.argv.slice(2);
const flags = ['--no-sandbox', '--disable-dev-shm-usage', '--hide-scrollbars'];
const viewport = { width: 1280, height: 800 };
const launch = () => puppeteer.launch({ executablePath: chromium, args: flags, headless: 'shell', defaultViewport: viewport, pipe: true });
const ready = (page) => page.waitForFunction('window.prerenderReady === true', { polling: 'raf', timeout: Number(deadline) });
const visit = async (page, url) => { await page.goto(url, { waitUntil: 'domcontentloaded' }); await ready(page); return page.content(); };

// Pages that are kept, one per lane; a request takes a free one.
const keep = async (open) => {
  const browser = await launch();
  const free = await Promise.all(Array.from({ length: Number(lanes) }, async () => open(await browser.newPage())));
  const waiting = [];
  return async (work) => {
    const page = free.pop() ?? await new Promise((resolve) => waiting.push(resolve));
    try { return await work(page); } finally { const next = waiting.shift(); if (next) next(page); else free.push(page); }
  };
};

// A warm page, driven over the protocol and nothing else: the best that any system could reach.
const floor = async (style) => {
  const use = await keep(async (page) => {
    const session = await page.createCDPSession();
    let at;
    return async (url) => {
      const origin = new URL(url).origin;
      if (at !== origin) {
        await page.goto(`${origin}/_standby`);
        if (style) await page.addStyleTag({ content: style });
        at = origin;
      }
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression: `fleet.render({id:'1',url:${JSON.stringify(url)},formats:['isolated'],lineage:''}).then((r) => r.formats.isolated)`, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result.value;
    };
  });
  return (url) => use((render) => render(url));
};

const systems = {
  'floor': () => floor(''),
  'floor-no-paint': () => floor('body{content-visibility:hidden!important}'),
  'goto': async () => { const use = await keep((page) => page); return (url) => use((page) => visit(page, url)); },
  'context': async () => {
    const browser = await launch();
    return async (url) => { const context = await browser.createBrowserContext(); try { return await visit(await context.newPage(), url); } finally { await context.close(); } };
  },
  'cluster-context': () => cluster('CONCURRENCY_CONTEXT'),
  'cluster-page': () => cluster('CONCURRENCY_PAGE'),
};

async function cluster(concurrency) {
  const { Cluster } = (await import('puppeteer-cluster')).default;
  const pool = await Cluster.launch({ concurrency: Cluster[concurrency], maxConcurrency: Number(lanes), timeout: Number(deadline), puppeteer, puppeteerOptions: { executablePath: chromium, args: flags, headless: 'shell', defaultViewport: viewport, pipe: true } });
  await pool.task(({ page, data }) => visit(page, data));
  return (url) => pool.execute(url);
}

async function prerender(options) {
  const browserDebuggingPort = Number(port) + 1;
  const server = (await import('prerender')).default({ port: Number(port), chromeLocation: chromium, browserDebuggingPort, chromeFlags: ['--headless', `--remote-debugging-port=${browserDebuggingPort}`, ...flags], ...options });
  server.start();
}

process.stdin.resume().on('end', () => process.exit(0));
if (system === 'prerender') {
  await prerender({});
} else if (system === 'prerender-tuned') {
  // The page signals when it is ready, and Prerender waits for nothing after that.
  await prerender({ waitAfterLastRequest: 50, pageDoneCheckInterval: 20, pageLoadTimeout: Number(deadline) });
} else {
  const render = await systems[system]();
  http.createServer(async (request, response) => {
    try {
      const html = await render(new URL(request.url, 'http://peer').searchParams.get('url'));
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }).listen(Number(port), '127.0.0.1');
}
