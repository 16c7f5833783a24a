// Stored pages, by the realm server's API, which this manager passes on.
const STORED = 50;
const results = { accepted: 'A render is queued.', known: 'It is up to date.', purged: 'It was removed.', absent: 'It was not stored.' };
const bytes = count => count < 1024 ? `${count} B` : count < 1048576 ? `${Math.round(count / 1024)} kB` : `${(count / 1048576).toFixed(1)} MB`;

async function change(action, title, text, urls) {
  if (!await confirmed(title, text, title)) return;
  try {
    const { pages } = await (await call(`_pages/${action}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ urls }) })).json();
    report(title, pages.map(page => ({ name: page.url, done: page.result !== 'refused' && page.result !== 'absent', detail: page.reason ?? results[page.result] })));
  } catch (error) {
    report(title, [{ name: 'The realm server', done: false, detail: error.message }]);
  }
}

function changes(urls, what) {
  const recache = el('button', { type: 'button', ariaLabel: `Recache ${what}` }, 'Recache'), purge = el('button', { type: 'button', ariaLabel: `Purge ${what}` }, 'Purge');
  recache.onclick = () => change('recache', 'Recache', `Render ${what} again, in the background?`, urls);
  purge.onclick = () => change('purge', 'Purge', `Remove ${what} from the store? The next crawler waits for a render.`, urls);
  return [recache, ' ', purge];
}

function storedRow(page) {
  const details = el('details', {}, el('summary', {}, 'Details'));
  details.ontoggle = async () => {
    if (!details.open || details.children.length > 1) return;
    const content = details.appendChild(el('pre', { tabIndex: 0 }, 'Reading.'));
    try {
      put(content, JSON.stringify(await (await call(`_pages/page?url=${encodeURIComponent(page.url)}`)).json(), null, 2));
    } catch (error) {
      put(content, error.message);
    }
  };
  return el('li', {}, el('div', { className: 'render' }, el('span', { className: `pill ${page.state === 'current' ? 'good' : 'warn'}` }, page.state), el('span', { className: 'mono' }, page.url),
    el('span', { className: 'acts' }, changes([page.url], page.url)), el('span', { className: 'quiet' }, `${page.kind}${page.rendition === 'mobile' ? ', mobile' : ''} · status ${page.status} · rendered ${duration(page.ageSeconds)} ago · ${bytes(page.bytes)}`)), details);
}

$('store').onsubmit = event => {
  event.preventDefault();
  const { match, state: wanted } = event.target.elements;
  const query = new URLSearchParams({ limit: STORED });
  if (match.value.trim() !== '') query.set('match', match.value.trim());
  if (wanted.value !== '') query.set('state', wanted.value);
  return withKey('Stored pages', async () => {
    const rows = el('ul', { className: 'rows' }), all = el('p'), urls = [];
    const more = async after => {
      const { pages, total, next } = await (await call(`_pages?${query}${after ? `&after=${encodeURIComponent(after)}` : ''}`)).json();
      rows.append(...pages.map(storedRow));
      urls.push(...pages.map(page => page.url));
      put($('store-total'), plural(total, 'page'));
      const button = next ? el('button', { type: 'button' }, `Show ${Math.min(STORED, total - urls.length)} more`) : null;
      if (button) button.onclick = () => more(next).catch(error => put(all, error.message));
      all.replaceChildren(...[pages.length > 0 ? [`${plural(urls.length, 'page')} listed. `, ...changes([...new Set(urls)], 'all listed pages'), ' '] : ['No stored page matches.'], button ?? []].flat());
    };
    try {
      await more(null);
      $('stored').replaceChildren(all, rows);
    } catch (error) {
      put($('stored'), error.message);
    }
  });
};
