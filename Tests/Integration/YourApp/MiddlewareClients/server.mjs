// A site whose app is one index.html for every path. Crawlers are sent to a prerender service by the middleware that is named, with its documented configuration and nothing else.
// Prints its address; ends when its input ends.
import express from 'express';
import prerender from 'prerender-node';
import rendertron from 'rendertron-middleware';

const [port, middleware, service, token] = process.argv.slice(2);
const site = express();
site.use(middleware === 'prerender-node'
  ? prerender.set('prerenderServiceUrl', service).set('prerenderToken', token)
  : rendertron.makeMiddleware({ proxyUrl: `${service}render`, timeout: 60000, userAgentPattern: /crawler-of-this-test|googlebot/i }));
site.use((request, response) => response.type('html').send(`<!doctype html><html><head><meta name="viewport" content="width=device-width"><title>Shop</title></head><body><main></main><script>
  const meta = (name, content) => { const m = document.createElement('meta'); m.name = name; m.content = content; document.head.append(m); };
  document.querySelector('main').textContent = 'shows ' + location.pathname + location.search + (matchMedia('(max-width: 600px)').matches ? ' on a phone' : '');
  if (location.pathname === '/missing') meta('prerender-status-code', '404');
  if (location.pathname === '/gone') meta('render:status_code', '410');
  if (location.pathname === '/hidden') meta('prerender-header', 'X-Robots-Tag: noindex');
  if (location.pathname === '/old') { meta('prerender-status-code', '301'); meta('prerender-header', 'Location: ' + location.origin + '/new'); }
</script></body></html>`));
const server = site.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.stdin.resume().on('end', () => server.close(() => process.exit(0)));
