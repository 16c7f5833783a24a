// Slowest, failed and last renders, and the search for the pages of an affinity.
function renderRow(render) {
  const facts = [new Date(render.at).toLocaleTimeString(), render.server, render.warm === undefined ? null : render.warm ? 'warm' : 'cold', render.affinity].filter(Boolean).join(' · ');
  const node = el('li', {}, el('div', { className: 'render' }, el('span', { className: `pill ${render.failed ? 'bad' : render.outcome === 'rendered' ? 'good' : 'warn'}` }, render.outcome),
    el('span', { className: 'mono' }, render.url), el('b', {}, ms(render.durationMs)), el('span', { className: 'quiet' }, facts)));
  if (render.record) node.append(recordOf(render.record));
  return node;
}

/** The diagnostics of a failed render, read when they are opened. */
function recordOf(path) {
  const details = el('details', {}, el('summary', {}, 'Diagnostics'));
  details.ontoggle = async () => {
    if (!details.open || details.children.length > 1) return;
    const content = details.appendChild(el('div', { className: 'quiet' }, 'Reading the record.'));
    try {
      const record = await (await call(path.slice(1))).json();
      content.className = '';
      content.replaceChildren(...diagnostics(record, path));
    } catch (error) {
      put(content, error.message);
    }
  };
  return details;
}

function waits(timings = {}) {
  const steps = [['queue', timings.queueMs], ['boot', timings.bootMs], ['render', timings.renderMs], ['capture', timings.captureMs]].map(([name, value]) => [name, value ?? 0]);
  const total = Math.max(1, steps.reduce((sum, [, value]) => sum + value, 0));
  let start = 0;
  return el('div', { className: 'waits' }, steps.flatMap(([name, value]) => {
    const bar = svg('svg', { viewBox: '0 0 1000 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, svg('rect', { x: 1000 * start / total, width: Math.max(2, 1000 * value / total), height: 10 }));
    start += value;
    return [el('span', { className: 'quiet' }, name), bar, el('span', {}, value > 0 ? ms(value) : '0 ms')];
  }));
}

function diagnostics({ diagnostics: found = {}, timings, stage, message, html, hasScreenshot }, path) {
  const lines = (title, list) => list?.length > 0 ? [el('h4', {}, title), el('pre', {}, list.join('\n'))] : [];
  const said = found.message ?? message, step = found.stage ?? stage;
  const nodes = [...said || step ? [el('p', {}, `${said ?? 'It failed.'}${step ? ` (step ${step})` : ''}`)] : [], waits(timings),
    ...lines('Console', found.console), ...lines('Failed requests', found.failedRequests), ...lines('Stack', found.stack ? [found.stack] : [])];
  if (hasScreenshot) {
    const image = el('img', { className: 'shot', alt: 'What the page showed' });
    nodes.push(el('h4', {}, 'Screenshot'), image);
    call(`${path.slice(1)}/screenshot`).then(async response => showImage(image, await response.blob()), error => image.replaceWith(error.message));
  }
  if (html) nodes.push(el('details', {}, el('summary', {}, `Markup, ${plural(html.length, 'character')}`), el('pre', {}, html)));
  return nodes;
}

function showImage(image, blob) {
  const url = URL.createObjectURL(blob);
  image.onload = image.onerror = () => URL.revokeObjectURL(url);
  image.src = url;
}

/** Loads a list into one of the two panels of renders. */
function panel(id, title, path, rows) {
  $(`load-${id}`).onclick = () => withKey(title, async () => {
    try {
      const list = rows(await (await call(path)).json());
      $(id).replaceChildren(...list);
      put($(`no-${id}`), list.length === 0 ? 'None.' : '');
    } catch (error) {
      put($(`no-${id}`), error.message);
    }
    empty(`no-${id}`, $(`no-${id}`).textContent !== '');
    set($(`load-${id}`).firstChild, 'data', 'Reload');
  });
}

panel('slow', 'Slowest renders', 'fleet/renders?order=slowest', renders => renders.slice(0, 20).map(renderRow));
panel('failed', 'Failed renders', 'failures', ({ failures, servers }) => [
  ...servers.filter(server => !server.done).map(server => el('li', {}, el('strong', {}, server.name), ' ', el('span', { className: 'quiet' }, server.detail))),
  ...failures.slice(0, 30).map(failure => renderRow({ ...failure, failed: true, durationMs: Object.values(failure.timings ?? {}).reduce((sum, value) => sum + value, 0) })),
]);

let searched = '';

/** The warm pages that the search found, as they are now. */
function showFound() {
  if (searched === '') return;
  const realm = Object.keys(state.realms).filter(url => searched.startsWith(url)).sort((a, b) => b.length - a.length)[0];
  const wanted = searched.startsWith('realm:') || searched.startsWith('user:') ? searched : realm ? `realm:${realm}` : null;
  const warm = new Map(wanted ? [[wanted, []]] : []);
  for (const [, server] of sortedServers()) {
    for (const affinity of server.warm) {
      if (affinity === wanted || affinity.toLowerCase().includes(searched.toLowerCase())) warm.set(affinity, [...warm.get(affinity) ?? [], server.record.name]);
    }
  }
  keyed($('found-warm'), [...warm].slice(0, 50), affinity => {
    const button = el('button', { type: 'button', ariaLabel: `Evict ${affinity}` }, 'Evict');
    button.onclick = () => evict(affinity);
    return el('li', {}, el('span', { className: 'mono' }, affinity), ' ', el('span', { className: 'quiet' }), ' ', button);
  }, (node, names) => put(node.children[1], names.length > 0 ? `warm on ${names.join(', ')}` : 'not warm on any server'));
  empty('no-found', warm.size === 0);
}

$('search').onsubmit = async event => {
  event.preventDefault();
  const text = event.target.elements.text.value.trim();
  if (text === '' || !state) return;
  searched = text;
  const renders = el('ul', { className: 'rows' });
  const title = el('h4', {}, 'Last renders');
  $('found').replaceChildren(
    el('h4', {}, 'Warm pages'), el('ul', { className: 'rows', id: 'found-warm' }), el('p', { className: 'quiet', id: 'no-found', hidden: true }, 'No affinity matches.'), title, renders);
  showFound();
  const load = async () => {
    try {
      const list = await (await call(`fleet/renders?match=${encodeURIComponent(text)}`)).json();
      renders.replaceChildren(...list.slice(0, 20).map(renderRow));
      if (list.length === 0) renders.replaceChildren(el('li', { className: 'quiet' }, 'None of the last 500 renders of this manager.'));
    } catch (error) {
      renders.replaceChildren(el('li', { className: 'quiet' }, error.message));
    }
  };
  if (key) return load();
  const button = el('button', { type: 'button' }, 'Show the last renders with the admin key');
  button.onclick = () => withKey('Last renders', load);
  renders.replaceChildren(el('li', {}, button));
};
