// Clients of Gotenberg and browserless, with their documented configuration, against a fleet. Prints what they return as one line of JSON.
import { Chromiumly, UrlConverter, UrlScreenshot } from 'chromiumly';
import agents from '@graphai/browserless_agent';

const [manager, url, key] = process.argv.slice(2);

// The agent has no setting for the address of browserless; its requests are sent unchanged to the fleet, as if DNS named the fleet for that address.
const browserless = agents.browserlessAgent;
const send = globalThis.fetch;
globalThis.fetch = (address, options) => send(String(address).replace('https://production-sfo.browserless.io/', manager), options);

Chromiumly.configure({ endpoint: manager.replace(/\/$/, ''), customHttpHeaders: { Authorization: `Bearer ${key}` } });
const pdf = await new UrlConverter().convert({
  url,
  header: Buffer.from('<span style="font-size:10px">Head</span>'),
  properties: { size: { width: 5, height: '300mm' }, margins: { top: 1, bottom: 1, left: '10mm', right: '10mm' }, landscape: true, printBackground: true, scale: 0.5, nativePageRanges: { from: 1, to: 1 } },
  emulatedMediaType: 'screen',
  waitForSelector: 'main p',
  waitForExpression: 'window.ready === true',
  cookies: [{ name: 'flavor', value: 'mint', domain: new URL(url).hostname }],
  extraHttpHeaders: { 'X-Feature': 'on' },
  generateDocumentOutline: true,
});
const picture = await new UrlScreenshot().capture({ url, properties: { format: 'png', width: 500, height: 400, clip: true, omitBackground: true }, waitDelay: '100ms' });
const refused = await new UrlConverter().convert({ url, failOnHttpStatusCodes: [499] }).then(() => 'accepted', error => error.message);

const content = await browserless.agent({ namedInputs: { url }, params: { apiKey: key }, config: {} });
const wrongKey = await browserless.agent({ namedInputs: { url }, params: { apiKey: 'wrong', supressError: true }, config: {} });
const scrape = await browserless.agent({ namedInputs: { url, text_content: true }, params: { apiKey: key, supressError: true }, config: {} });
console.log(JSON.stringify({
  pdf: pdf.subarray(0, 5).toString(),
  box: /\/MediaBox ?\[([^\]]*)\]/.exec(pdf.toString('latin1'))?.[1],
  picture: [picture.toString('latin1', 1, 4), picture.readUInt32BE(16), picture.readUInt32BE(20)],
  refused, content: content.text, wrongKey: wrongKey.onError?.status, scrape: scrape.onError?.status,
}));
