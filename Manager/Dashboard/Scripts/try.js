// The form that renders any page.
/** The document as text with structure. It is shown in a sandbox that allows nothing; what would load or run is removed, so that nothing is requested from other origins. */
function plain(html) {
  // Nothing in the content of a template loads or runs. The parser would still report each handler and style that the policy of this page forbids, so they lose their names first.
  const root = document.createElement('template');
  root.innerHTML = html.replace(/<[a-z][^>]*>/gi, tag => tag.replace(/([\s"'/])(on[a-z]+|style)(?=\s*=)/gi, '$1removed'));
  const { content } = root;
  for (let template; (template = content.querySelector('template'));) template.replaceWith(template.hasAttribute('shadowrootmode') ? template.content : '');
  for (const node of content.querySelectorAll('script, style, link, meta, base, iframe, frame, frameset, object, embed, video, audio, source')) node.remove();
  for (const node of content.querySelectorAll('img')) node.replaceWith(node.alt ? `[${node.alt}]` : '');
  for (const node of content.querySelectorAll('*')) {
    for (const { name } of [...node.attributes]) {
      if (/^(on|removed$|style$|src|poster$|background$|ping$|action$|formaction$)/i.test(name) || (/href$/i.test(name) && node.localName !== 'a')) node.removeAttribute(name);
    }
  }
  return `<!doctype html><body>${root.innerHTML}`;
}

const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** Entries of lines such as `name: value`. */
const linesOf = (text, separator) => text.split('\n').filter(line => line.trim()).map(line => {
  const at = line.indexOf(separator);
  return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
});

const TEXTS = ['device', 'colorScheme', 'media', 'locale', 'timezone', 'userAgent', 'waitForSelector', 'waitForFunction', 'waitForEvent'];
const NUMBERS = ['deadlineMs', 'width', 'height', 'waitForTimeout', 'maxWaitMs'];
const LISTS = ['blockResources', 'blockUrls'];

/** The members that a render and a screenshot have in common, as the API names them; only those that are set. */
function optionsOf(fields) {
  const request = { url: fields.url.value };
  for (const name of TEXTS) if (fields[name].value) request[name] = fields[name].value;
  for (const name of NUMBERS) if (fields[name].value) request[name] = Number(fields[name].value);
  for (const name of LISTS) if (fields[name].value) request[name] = fields[name].value.split(',').map(item => item.trim()).filter(Boolean);
  if (fields.bestAttempt.checked) request.bestAttempt = true;
  if (fields.headers.value.trim()) request.headers = Object.fromEntries(linesOf(fields.headers.value, ':'));
  if (fields.cookies.value.trim()) request.cookies = linesOf(fields.cookies.value, '=').map(([name, value]) => ({ name, value }));
  return request;
}

const posted = body => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

$('try').onsubmit = async event => {
  event.preventDefault();
  const fields = event.target.elements, { format } = fields;
  const options = { ...optionsOf(fields), priority: 10 };
  // The viewport alone is no option of a format that the host renders: such a render has no navigation.
  const { width, height, ...withoutViewport } = options;
  const rendered = { ...format.value === 'html' ? options : withoutViewport, formats: [format.value] };
  const pictured = fields.fullPage.checked ? { ...options, fullPage: true } : options;
  // The Markdown of any page is a document of GET /render, whose options are in the query, where headers and cookies must not be.
  const query = options.headers || options.cookies || format.value !== 'html' ? null
    : new URLSearchParams([...Object.entries(options).filter(([name]) => name !== 'priority').map(([name, value]) => [name, String(value)]), ['format', 'markdown']]);
  const base = new URL('.', location.href).href;
  const auth = key ? ' -H "Authorization: Bearer $ADMIN_KEY"' : '';
  const curl = (path, body) => `curl -s ${quoted(base + path)}${auth}${body ? ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}` : ''}`;
  const commands = [curl('renders', rendered), `${curl('screenshots', pictured)} -o page.png`, query && curl(`render?${query}`)].filter(Boolean);
  const text = el('div'), shot = el('div'), markdown = el('div');
  $('tried').replaceChildren(el('h4', {}, 'As commands'), el('pre', {}, commands.join('\n')), el('div', { className: 'shots' }, text, shot, query ? markdown : null));
  put(text, 'Rendering.');
  put(shot, 'Taking the screenshot.');
  put(markdown, 'Converting to Markdown.');
  const button = event.target.querySelector('button');
  button.disabled = true;
  const started = performance.now();
  const rendering = call('renders', posted(rendered)).then(response => response.json()).then(result => {
    const content = result.formats?.[format.value];
    const parts = [el('p', {}, el('span', { className: `pill ${result.outcome === 'rendered' ? 'good' : 'bad'}` }, result.outcome), ` ${result.status || ''} after ${ms(performance.now() - started)}`
      + `${result.page ? ` on ${result.page.server}, slot ${result.page.slot}, ${result.page.warm ? 'warm' : 'cold'}` : ''}`), waits(result.timings)];
    if (result.diagnostics) parts.push(...diagnostics({ diagnostics: result.diagnostics, timings: result.timings }, '').filter(node => !node.classList.contains('waits')));
    if (content !== undefined) {
      parts.push(el('h4', {}, format.selectedOptions[0].textContent), el('pre', { tabIndex: 0 }, content));
      if (format.value === 'html') {
        const frame = el('iframe', { title: 'The rendered document', srcdoc: plain(content) });
        frame.setAttribute('sandbox', '');
        parts.push(el('h4', {}, 'As a document, without styles, scripts and pictures'), frame);
      }
    }
    text.replaceChildren(...parts);
  }).catch(error => put(text, error.message));
  const picturing = call('screenshots', posted(pictured)).then(async response => {
    const image = el('img', { className: 'shot', alt: 'Screenshot of the page' });
    showImage(image, await response.blob());
    shot.replaceChildren(el('p', {}, `Screenshot after ${ms(performance.now() - started)}`), image);
  }).catch(error => put(shot, error.message));
  const converting = query && call(`render?${query}`).then(async response => {
    const content = await response.text(), tokens = response.headers.get('x-markdown-tokens');
    markdown.replaceChildren(el('p', {}, `Markdown after ${ms(performance.now() - started)}${tokens ? `, about ${plural(Number(tokens), 'token')}` : ''}`), el('pre', { tabIndex: 0 }, content));
  }).catch(error => put(markdown, error.message));
  await Promise.allSettled([rendering, picturing, converting]);
  button.disabled = false;
};
