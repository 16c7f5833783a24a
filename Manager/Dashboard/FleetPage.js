'use strict';
// Affinities, URLs, names and console texts come from the registry and from pages: they reach the document as text nodes and attribute values only, never as markup.
const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const el = (tag, properties, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
};
const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
// Each of these touches the document only if something has changed.
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const set = (node, name, value) => { if (node[name] !== value) node[name] = value; };
const attribute = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };

/** Shows entries as children of a container, one node per key: a node stays as long as its key does. */
function keyed(container, entries, create, update) {
  const nodes = container.nodes ??= new Map();
  const keys = new Set();
  let place = container.firstChild;
  for (const [key, value] of entries) {
    keys.add(key);
    let node = nodes.get(key);
    if (!node) nodes.set(key, node = create(key, value));
    if (node === place) place = place.nextSibling;
    else container.insertBefore(node, place);
    update?.(node, value, key);
  }
  for (const [key, node] of nodes) {
    if (!keys.has(key)) { node.remove(); nodes.delete(key); }
  }
}

const ms = value => !(value > 0) ? '–' : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
const duration = seconds => {
  seconds = Math.max(0, Math.round(seconds));
  return seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : seconds < 129600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
};
const number = value => value === 0 ? '0' : value.toFixed(value < 10 ? 1 : 0);
const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

// The document of the stream.
let state = null, receivedAt = 0, connected = false;
// The manager's clock gives the age at the time of the event; this clock adds the time since then. The two clocks are never compared.
const age = time => (Date.parse(state.at) - Date.parse(time) + performance.now() - receivedAt) / 1000;

/** Applies a JSON merge patch (RFC 7396). Keys come from elsewhere: the one that would change a prototype is skipped. */
function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (name === '__proto__') continue;
    if (value === null) delete target[name];
    else if (typeof value === 'object' && !Array.isArray(value) && typeof target[name] === 'object' && !Array.isArray(target[name])) merge(target[name], value);
    else target[name] = value;
  }
}

// ---- The admin key: in this tab only. ----
let key = sessionStorage.getItem('fleet-admin-key');
const headers = more => ({ ...(key ? { authorization: `Bearer ${key}` } : {}), ...more });
class Refused extends Error {}

function showKey() {
  put($('key'), key ? 'Forget admin key' : 'Enter admin key');
  for (const node of document.querySelectorAll('.needs')) set(node, 'hidden', Boolean(key));
}

function setKey(value) {
  key = value || null;
  if (key) sessionStorage.setItem('fleet-admin-key', key); else sessionStorage.removeItem('fleet-admin-key');
  showKey();
  // With the key, the stream also names users, addresses and origins.
  restart();
}

/** Asks for confirmation, and for the key if there is none. Resolves to whether the user agreed. */
function confirmed(title, text, button, askKey = !key) {
  const dialog = $('dialog'), input = dialog.querySelector('input');
  put($('dialog-title'), title);
  put($('dialog-text'), text);
  put($('dialog-ok'), button);
  $('dialog-key').hidden = !askKey;
  input.required = askKey;
  input.value = '';
  dialog.showModal();
  return new Promise(resolve => {
    const form = dialog.querySelector('form');
    const end = agreed => {
      form.onsubmit = dialog.oncancel = $('dialog-cancel').onclick = null;
      dialog.close();
      if (agreed && askKey) setKey(input.value);
      input.value = '';
      resolve(agreed);
    };
    form.onsubmit = event => { event.preventDefault(); end(true); };
    dialog.oncancel = event => { event.preventDefault(); end(false); };
    $('dialog-cancel').onclick = () => end(false);
  });
}

/** Calls the manager. An error carries the sentence of the answer. */
async function call(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers), cache: 'no-store', redirect: 'manual' });
  if (response.ok || options.any) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) { setKey(null); throw new Refused('The admin key is wrong or missing.'); }
  throw new Error(problem.detail ?? `The manager answered ${response.status}.`);
}

async function withKey(title, run) {
  if (!key && !await confirmed(title, 'This needs the admin key.', 'Continue')) return undefined;
  return run();
}

// ---- Operator actions ----
function report(title, rows) {
  put($('report-title'), title);
  $('report-rows').replaceChildren(...rows.map(({ name, done, detail }) => el('li', {},
    el('span', { className: `pill ${done ? 'good' : 'bad'}` }, done ? 'done' : 'not done'), ' ', el('strong', {}, name), el('div', { className: 'quiet' }, detail ?? ''))));
  $('report').showModal();
}

async function act(title, text, button, path, method = 'POST') {
  if (!await confirmed(title, text, button)) return;
  try {
    const { servers } = await (await call(path, { method })).json();
    report(title, servers.length > 0 ? servers : [{ name: 'No server', done: false, detail: 'No prerender server is registered.' }]);
  } catch (error) {
    report(title, [{ name: 'The manager', done: false, detail: error.message }]);
  }
}

const evict = affinity => act('Evict an affinity', `Close the pages of ${affinity} on every server? Idle pages close at once, busy ones when their render ends.`, 'Evict',
  `fleet/affinities/${encodeURIComponent(affinity)}`, 'DELETE');

// ---- Servers ----
const words = { leased: 'leased', idle: 'idle', standby: 'standby', creating: 'booting', rebooting: 'booting', draining: 'closing', closing: 'closing' };
const slotsOf = record => Object.values(record.slotStates ?? {});
const isStale = slot => Boolean(state.shell && slot.shell && slot.shell !== state.shell.token);
const realmName = affinity => affinity?.startsWith('realm:') && Object.hasOwn(state.realms, affinity.slice(6)) ? state.realms[affinity.slice(6)].name : affinity;

const learnedWords = (what, learned) => learned?.state === 'on' ? `${what} on ${learned.routesOn} ${learned.routesOn === 1 ? 'route' : 'routes'}` : '';

function createServer(id) {
  const name = el('h3'), pill = el('span', { className: 'pill' }), slots = el('ul', { className: 'slots' }), facts = el('div', { className: 'facts' });
  const drain = el('button', { type: 'button' });
  const body = el('tbody');
  const details = el('details', {}, el('summary', {}, 'Slots'), el('div', { className: 'quiet mono' }), el('div', { className: 'scroll' }, el('table', {},
    el('thead', {}, el('tr', {}, ['Slot', 'State', 'Affinity', 'Age', 'Renders', 'Memory', 'Shell'].map(title => el('th', { scope: 'col' }, title)))), body)));
  const node = el('article', { className: 'card server' }, el('div', { className: 'line' }, el('div', { className: 'name' }, name, pill), slots, facts, el('div', { className: 'actions' }, drain)), details);
  node.parts = { name, pill, slots, facts, drain, details, body, address: details.children[1], fact: ['used', 'queue', 'render', 'boot', 'memory', 'browser', 'paint', 'soft', 'beat'].map(() => facts.appendChild(el('span'))) };
  drain.onclick = () => {
    const { record } = state.servers[id];
    return record.state === 'draining'
      ? act('Undrain', `Let ${record.name} accept renders again?`, 'Undrain', `fleet/servers/${encodeURIComponent(id)}/undrain`)
      : act('Drain', `Let ${record.name} finish its renders and reject new ones?`, 'Drain', `fleet/servers/${encodeURIComponent(id)}/drain`);
  };
  details.ontoggle = () => soonServer(id, node);
  return node;
}

function updateServer(node, { record, unhealthy, inFlight }) {
  const { name, pill, slots, facts, drain, details, body, address, fact } = node.parts;
  const list = slotsOf(record);
  put(name, record.name);
  put(pill, unhealthy ? 'not answering' : record.state);
  set(pill, 'className', `pill ${unhealthy ? 'bad' : record.state === 'ready' ? 'good' : 'warn'}`);
  set(node, 'className', `card server${unhealthy ? ' off' : ''}`);
  attribute(node, 'aria-label', `${record.name}, ${unhealthy ? 'not answering' : record.state}`);
  put(drain, record.state === 'draining' ? 'Undrain' : 'Drain');
  attribute(drain, 'aria-label', `${drain.textContent} ${record.name}`);
  // Slots that are not created yet are empty boxes, so that rows of servers of one size are alike.
  const missing = Math.max(0, Math.min(record.slots, 256) - list.length);
  keyed(slots, [...list.map(slot => [String(slot.slot), slot]), ...Array.from({ length: missing }, (_, index) => [`free ${index}`, null])],
    () => el('li', { className: 'slot' }), (box, slot) => {
      set(box, 'className', slot ? `slot ${slot.state in words ? slot.state : ''}${isStale(slot) ? ' stale' : ''}` : 'slot');
      set(box, 'title', slot ? `Slot ${slot.slot}: ${words[slot.state] ?? slot.state}${slot.affinity ? `, ${realmName(slot.affinity)}` : ''}${slot.memoryMb ? `, ${slot.memoryMb} MB` : ''}${isStale(slot) ? ', older shell' : ''}` : 'Not created');
    });
  const counts = Object.entries(Object.groupBy(list, slot => words[slot.state] ?? slot.state)).map(([word, some]) => `${some.length} ${word}`).join(', ');
  attribute(slots, 'aria-label', `${record.slots} slots: ${counts || 'none created'}`);
  const busy = record.state === 'warming' ? 0 : Math.min(record.slots, Math.max(0, record.slots - record.free));
  const beat = age(record.seenAt);
  ['used', 'queue', 'render', 'boot', 'memory', 'browser', 'paint', 'soft', 'beat'].forEach((_, index) => put(fact[index], [
    `${busy} of ${record.slots} busy`, record.queue > 0 ? `${record.queue} waiting` : inFlight > 0 ? `${inFlight} from here` : '', record.recentRenderMs > 0 ? `render ${ms(record.recentRenderMs)}` : '',
    record.recentBootMs > 0 ? `boot ${ms(record.recentBootMs)}` : '', record.memoryMb > 0 ? `${record.memoryMb} MB` : '', record.browser ?? '', learnedWords('no paint', record.noPaint), learnedWords('soft navigation', record.softNavigation), beat > 8 ? `last heartbeat ${duration(beat)} ago` : '',
  ][index]));
  for (const span of fact) set(span, 'hidden', span.textContent === '');
  if (details.open) {
    put(address, record.url ? `${record.url} · ${record.incarnation}` : record.incarnation);
    keyed(body, list.map(slot => [String(slot.slot), slot]), () => el('tr', {}, Array.from({ length: 7 }, () => el('td'))), (row, slot) => {
      [String(slot.slot), words[slot.state] ?? slot.state, slot.affinity ?? '', duration(slot.ageSeconds ?? 0), String(slot.renders ?? 0), slot.memoryMb ? `${slot.memoryMb} MB` : '', slot.shell ? `${slot.shell.slice(0, 8)}${isStale(slot) ? ', older' : ''}` : '']
        .forEach((text, index) => put(row.children[index], text));
    });
  }
}

// A change of everything at once would make a frame late, so it is drawn in parts: each frame draws parts for PARTS_MS. A part that is due twice is drawn once, with the state of that time.
const PARTS_MS = 1;
const due = new Map();
let frame = 0;

function soon(part, draw) {
  due.set(part, draw);
  frame ||= requestAnimationFrame(drawDue);
}

function drawDue() {
  const end = performance.now() + PARTS_MS;
  frame = 0;
  for (const [part, draw] of due) {
    if (performance.now() >= end) {
      frame ||= requestAnimationFrame(drawDue);
      return;
    }
    due.delete(part);
    draw();
  }
}

// ---- Charts ----
const STEP = 10, LENGTH = 360;
const charts = [
  { id: 'rate', title: 'Renders', unit: '/s', value: v => v[0] / STEP, text: number },
  { id: 'failed', title: 'Failed', unit: '/min', value: v => v[1] * 60 / STEP, text: number, danger: true },
  { id: 'warm', title: 'Warm pages', unit: '%', value: v => v[2] + v[3] > 0 ? 100 * v[2] / (v[2] + v[3]) : null, text: v => v.toFixed(0), max: 100 },
  { id: 'render', title: 'Render time', note: 'p95', value: v => v[0] > 0 ? v[7] : null, second: v => v[0] > 0 ? v[6] : null, text: ms },
  { id: 'wait', title: 'Wait in queue', note: 'p95', value: v => v[5], second: v => v[4], text: ms },
];

function createChart(_, { title, danger }) {
  const value = el('b'), line = svg('path', { class: 'line' }), area = svg('path', { class: 'area' }), second = svg('path', { class: 'second' });
  const picture = svg('svg', { viewBox: `0 0 ${LENGTH} 100`, preserveAspectRatio: 'none', role: 'img' }, area, second, line);
  const node = el('figure', { className: 'card chart' }, el('figcaption', { className: 'quiet' }, title), value, picture);
  node.parts = { value, line, area, second, picture, danger };
  return node;
}

function updateChart(node, { title, unit, value: pick, second, text, max, note }) {
  const { value, line, area, picture, danger } = node.parts;
  const now = Math.floor((Date.parse(state.at) + performance.now() - receivedAt) / 1000 / STEP);
  const first = now - LENGTH + 1;
  const read = of => Array.from({ length: LENGTH }, (_, index) => of(state.history[(first + index) * STEP] ?? [0, 0, 0, 0, 0, 0, 0, 0, 0]));
  const values = read(pick), more = second ? read(second) : [];
  const highest = max ?? Math.max(1e-9, ...values.map(v => v ?? 0));
  const path = points => points.reduce(([d, open], v, x) => v === null ? [d, false] : [`${d}${open ? 'L' : 'M'}${x} ${(98 - 96 * v / highest).toFixed(1)}${open ? '' : 'h.5'}`, true], ['', false])[0];
  attribute(line, 'd', path(values));
  attribute(area, 'd', values.includes(null) ? '' : `${path(values)}V100H0Z`);
  if (second) attribute(node.parts.second, 'd', path(more));
  // The last bucket is not over yet; the one before is the last complete one.
  const last = values[LENGTH - 2] ?? values.findLast(v => v !== null) ?? null;
  const shown = last === null ? '–' : text(last), top = text(Math.max(0, ...values.map(v => v ?? 0)));
  if (node.shown !== `${shown} ${top}`) {
    node.shown = `${shown} ${top}`;
    value.replaceChildren(shown, el('small', {}, `${shown !== '–' && unit ? ` ${unit}` : ''}${note ? ` ${note}` : ''}${max ? '' : ` · max ${top}`}`));
    attribute(picture, 'aria-label', `${title}${note ? ` (${note}, median dashed)` : ''}: ${shown} ${unit ?? ''}, highest in the last hour ${top}`);
  }
  set(node, 'className', `card chart${danger && values.some(v => v > 0) ? ' danger' : ''}`);
}

// ---- Everything ----
function showBanner(ready, all) {
  const alerts = state.alerts;
  const rows = alerts.map(alert => [`${alert.reason} ${alert.server ?? ''}`, alert]);
  const lost = !connected;
  if (lost) rows.unshift(['connection', { detail: 'The connection to the manager is lost; what you see is old. Connecting again.', severe: true }]);
  if (rows.length === 0) rows.push(['fine', { detail: `All is well: ${ready} of ${plural(all, 'server')} ready${state.queued > 0 ? `, ${state.queued} renders wait` : ''}.` }]);
  set($('banner'), 'className', `banner ${lost || alerts.some(alert => alert.severe) ? 'bad' : alerts.length > 0 ? 'warn' : 'good'}`);
  keyed($('banner'), rows, () => el('p', {}, el('span'), el('time')), (node, alert) => {
    put(node.children[0], alert.address ? `${alert.detail} Its address is ${alert.address}.` : alert.detail);
    // A screen reader reads the banner again when it changes, so the age is coarse.
    put(node.children[1], alert.since ? `since ${new Date(alert.since).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}` : '');
    if (alert.since) attribute(node.children[1], 'datetime', alert.since);
  });
}

const serviceFacts = ({ kind, version, startedAt }, token, isMixed) => [kind === 'manager' ? 'manager' : 'realm server', `since ${new Date(startedAt).toLocaleString()}`,
  // Builds are named only while they differ: during an upgrade.
  isMixed ? `version ${version}` : `version ${version.split('+')[0]}`, token && `serves shell ${token.slice(0, 8)}${state.shell && token !== state.shell.token ? ', not the current one' : ''}`].filter(Boolean);

const empty = (id, isEmpty) => set($(id), 'hidden', !isEmpty);

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

const sortedServers = () => Object.entries(state.servers).sort(([a, { record: x }], [b, { record: y }]) => byName(x.name, y.name) || (a < b ? -1 : 1));

/** Draws what a patch changes; without a patch, everything. */
function update(touched) {
  soon('summary', showSummary);
  soon('shell', showShell);
  soon('queues', showQueues);
  soon('services', showServices);
  if (!touched || touched.servers) soon('servers', showServers);
  if (!touched || touched.realms || touched.servers) soon('realms', showRealms);
  if (!touched || touched.history) soonCharts();
  // Only servers that the patch names are drawn; a new shell or realm concerns all of them.
  for (const [id, node] of $('servers').nodes ?? []) if (!touched || touched.shell || touched.realms || touched.servers?.[id]) soonServer(id, node);
}

const soonServer = (id, node) => soon(`server ${id}`, () => { if (state.servers[id]) updateServer(node, state.servers[id]); });

function showServers() {
  const servers = sortedServers();
  keyed($('servers'), servers, id => {
    const node = createServer(id);
    soonServer(id, node);
    return node;
  });
  empty('no-servers', servers.length === 0);
  set($('recycle'), 'disabled', servers.length === 0);
}

function showSummary() {
  const servers = Object.values(state.servers), records = servers.map(server => server.record);
  const ready = servers.filter(({ record, unhealthy }) => record.state === 'ready' && !unhealthy).length;
  const total = records.reduce((sum, record) => sum + record.slots, 0), free = records.reduce((sum, record) => sum + (record.state === 'warming' ? record.slots : record.free), 0);
  put($('summary'), `${ready}/${plural(servers.length, 'server')} · ${Math.max(0, total - free)}/${total} slots busy · ${state.queued} queued · ${state.inFlight} in flight`);
  showBanner(ready, servers.length);
}

function showShell() {
  const { shell, convergence } = state;
  set($('phase'), 'hidden', !convergence);
  if (convergence) {
    put($('phase'), { converged: 'converged', rolling: 'rolling', behind: 'spreading' }[convergence.phase] ?? convergence.phase);
    set($('phase'), 'className', `pill ${convergence.phase === 'converged' ? 'good' : 'warn'}`);
  }
  put($('shell'), shell ? `${shell.token} · generation ${shell.generation}` : 'No realm server has claimed a host shell yet.');
  const slots = Object.values(state.servers).filter(({ record }) => record.state !== 'draining').flatMap(({ record }) => slotsOf(record)).filter(slot => slot.shell);
  const current = slots.filter(slot => !isStale(slot)).length;
  put($('spread'), shell ? `${current} of ${plural(slots.length, 'page')} on the current shell · since ${new Date(shell.changedAt).toLocaleString()} by ${shell.reporter}` : '');
  set($('spread-meter'), 'hidden', !shell || slots.length === 0);
  attribute($('spread-meter'), 'aria-label', `${current} of ${slots.length} pages have the current shell`);
  const width = `${slots.length > 0 ? Math.round(100 * current / slots.length) : 0}%`;
  if ($('spread-meter').firstChild.style.width !== width) $('spread-meter').firstChild.style.width = width;
}

function showQueues() {
  const queues = Object.values(state.queues).sort((a, b) => b.queued - a.queued);
  put($('queue-total'), state.queued > 0 ? plural(state.queued, 'render') : '');
  keyed($('queues'), queues.map(queue => [queue.affinity, queue]), () => el('li', { className: 'queue' }, el('span'), el('b')), (node, queue) => {
    put(node.children[0], queue.affinity === 'user:' ? 'renders of users' : realmName(queue.affinity));
    put(node.children[1], String(queue.queued));
  });
  empty('no-queue', queues.length === 0);
}

function showRealms() {
  const warm = new Map();
  for (const [, server] of sortedServers()) for (const affinity of server.warm) warm.set(affinity, [...warm.get(affinity) ?? [], server.record.name]);
  const realms = Object.values(state.realms);
  keyed($('realms'), realms.map(realm => [realm.url, realm]), () => el('li', {}, el('strong'), ' ', el('span', { className: 'mono quiet' }), el('div', { className: 'quiet' })), (node, realm) => {
    put(node.children[0], realm.name);
    put(node.children[1], realm.url);
    const names = warm.get(`realm:${realm.url}`) ?? [];
    put(node.children[2], names.length === 0 ? 'not warm on any server' : `warm on ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`);
  });
  empty('no-realms', realms.length === 0);
  keyed($('known'), realms.map(realm => [realm.url, realm]), url => el('option', { value: url }));
}

function showServices() {
  const services = Object.values(state.services), versions = new Set(services.map(service => service.version));
  keyed($('services'), services.map(service => [service.name, service]), name => el('li', {}, el('strong', {}, name), ' ', el('span', { className: 'quiet' })), (node, service) =>
    put(node.children[1], serviceFacts(service, state.convergence?.serving?.[service.name], versions.size > 1).join(' · ')));
  empty('no-services', services.length === 0);
  put($('origins'), `Allowed origins: ${state.allowedOrigins.join(', ') || (state.allowedOriginCount > 0 ? `${state.allowedOriginCount}, listed with the admin key` : 'none yet')}`);
}

const soonCharts = () => keyed($('charts'), charts.map(chart => [chart.id, chart]), createChart, (node, chart, id) => soon(`chart ${id}`, () => updateChart(node, chart)));

function showLive() {
  const read = state?.readAt ? age(state.readAt) : null;
  const [word, tone] = !connected ? ['reconnecting', 'bad'] : read === null ? ['registry not read', 'bad'] : read > 15 ? ['registry unavailable', 'warn'] : ['live', 'good'];
  put($('live'), word);
  set($('live'), 'className', `pill ${tone}`);
}

// ---- The stream: read with fetch, since an EventSource cannot send the key. ----
const SILENCE = 12_000;
let running = null;

async function listen(controller) {
  let watchdog;
  const alive = () => { clearTimeout(watchdog); watchdog = setTimeout(() => controller.abort(), SILENCE); };
  try {
    alive();
    const response = await fetch('fleet/patches', { headers: headers({ accept: 'text/event-stream' }), cache: 'no-store', signal: controller.signal });
    if (!response.ok) throw new Error(`${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let buffer = ''; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      const events = (buffer + value).split('\n\n');
      buffer = events.pop();
      for (const event of events) receive(event);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

function receive(event) {
  const lines = event.split('\n');
  const name = lines.find(line => line.startsWith('event: '))?.slice(7);
  const data = lines.filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n');
  if (data === '' || (name !== 'fleet' && name !== 'patch')) return;
  const started = performance.now();
  const content = JSON.parse(data);
  if (name === 'fleet') state = content; else merge(state, content);
  receivedAt = performance.now();
  connected = true;
  document.querySelector('main').hidden = false;
  update(name === 'fleet' ? null : content);
  showLive();
  // For measurements; only the last one is kept.
  performance.clearMeasures('fleet-update');
  performance.measure('fleet-update', { start: started });
}

function restart() {
  running?.abort();
}

async function run() {
  for (;;) {
    const controller = running = new AbortController();
    try { await listen(controller); } catch { /* The manager is away, or the key has changed. */ }
    if (connected) {
      connected = false;
      showLive();
      if (state) update({});
    }
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
}

// ---- Search and renders ----
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

$('search').onsubmit = async event => {
  event.preventDefault();
  const text = event.target.elements.text.value.trim();
  if (text === '' || !state) return;
  const realm = Object.keys(state.realms).filter(url => text.startsWith(url)).sort((a, b) => b.length - a.length)[0];
  const wanted = text.startsWith('realm:') || text.startsWith('user:') ? text : realm ? `realm:${realm}` : null;
  const warm = new Map();
  for (const server of Object.values(state.servers)) {
    for (const affinity of server.warm) {
      if (affinity === wanted || affinity.toLowerCase().includes(text.toLowerCase())) warm.set(affinity, [...warm.get(affinity) ?? [], server.record.name]);
    }
  }
  if (wanted && !warm.has(wanted)) warm.set(wanted, []);
  const rows = [...warm].slice(0, 50).map(([affinity, names]) => {
    const button = el('button', { type: 'button', ariaLabel: `Evict ${affinity}` }, 'Evict');
    button.onclick = () => evict(affinity);
    return el('li', {}, el('span', { className: 'mono' }, affinity), ' ', el('span', { className: 'quiet' }, names.length > 0 ? `warm on ${names.join(', ')} ` : 'not warm on any server '), button);
  });
  const renders = el('ul', { className: 'rows' });
  const title = el('h4', {}, 'Last renders');
  $('found').replaceChildren(el('h4', {}, 'Warm pages'), rows.length > 0 ? el('ul', { className: 'rows' }, rows) : el('p', { className: 'quiet' }, 'No affinity matches.'), title, renders);
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

// ---- Stored pages: the realm server's API, by way of this manager ----
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

// ---- Jobs ----
const JOBS = 20, RESULTS = 100;
const jobPills = { completed: 'good', failed: 'bad', cancelled: 'warn' };
const isActive = job => !job.endedAt;
let jobsTimer = 0;

const jobFacts = job => [`${job.done} of ${plural(job.total, 'URL')}`, job.failed > 0 && `${job.failed} failed`, job.skipped > 0 && `${job.skipped} skipped`, job.omitted > 0 && `${job.omitted} omitted`,
  job.urlsPerSecond && `${number(job.urlsPerSecond)} per second`, job.secondsLeft !== undefined && `${duration(job.secondsLeft)} left`, job.detail, job.webhook && `webhook ${job.webhook.state}`].filter(Boolean).join(' · ');

const resultRow = result => el('li', {}, el('div', { className: 'render' }, el('span', { className: `pill ${{ succeeded: 'good', failed: 'bad' }[result.outcome] ?? 'warn'}` }, result.outcome), el('span', { className: 'mono' }, result.url), el('span'),
  el('span', { className: 'quiet' }, [result.status > 0 && `status ${result.status}`, result.reason, result.detail].filter(Boolean).join(' · '))));

function jobResults(id) {
  const details = el('details', {}, el('summary', {}, 'Results'));
  details.ontoggle = async () => {
    if (!details.open || details.children.length > 1) return;
    const rows = el('ul', { className: 'rows' }), end = el('p', { className: 'quiet' });
    const more = async cursor => {
      try {
        const { results: list, next } = await (await call(`jobs/${id}/results?limit=${RESULTS}&cursor=${cursor}`)).json();
        rows.append(...list.map(resultRow));
        const button = el('button', { type: 'button' }, 'Show more');
        button.onclick = () => more(next);
        end.replaceChildren(next ? button : 'No further results.');
      } catch (error) {
        put(end, error.message);
      }
    };
    details.append(rows, end);
    await more(0);
  };
  return details;
}

function createJob(id, job) {
  const cancel = el('button', { type: 'button', ariaLabel: `Cancel job ${id}` }, 'Cancel');
  cancel.onclick = async () => {
    if (!await confirmed('Cancel the job', `Cancel the ${job.kind} job ${id}? URLs without a result are not finished.`, 'Cancel the job')) return;
    try {
      await call(`jobs/${id}`, { method: 'DELETE' });
      await loadJobs();
    } catch (error) {
      report('Cancel the job', [{ name: 'The manager', done: false, detail: error.message }]);
    }
  };
  const parts = { pill: el('span', {}), cancel, progress: el('progress', { ariaLabel: `Progress of job ${id}` }), facts: el('span', { className: 'quiet' }) };
  const title = el('span', {}, `${job.kind} `, el('span', { className: 'mono' }, job.source ?? id));
  return Object.assign(el('li', {}, el('div', { className: 'render' }, parts.pill, title, el('span', { className: 'acts' }, cancel), parts.progress, parts.facts), jobResults(id)), { parts });
}

function updateJob({ parts }, job) {
  set(parts.pill, 'className', `pill ${jobPills[job.state] ?? ''}`);
  put(parts.pill, job.state);
  set(parts.cancel, 'hidden', !isActive(job));
  set(parts.progress, 'max', Math.max(1, job.total));
  set(parts.progress, 'value', job.done);
  put(parts.facts, jobFacts(job));
}

/** Loads the newest jobs, and again while one of them goes on. */
async function loadJobs() {
  clearTimeout(jobsTimer);
  let again = false;
  try {
    const { jobs, next } = await (await call(`jobs?limit=${JOBS}`)).json();
    keyed($('jobs'), jobs.map(job => [job.id, job]), createJob, updateJob);
    put($('no-jobs'), jobs.length === 0 ? 'No job in the last hours.' : '');
    put($('jobs-total'), next ? `the newest ${JOBS}` : '');
    again = jobs.some(isActive);
  } catch (error) {
    put($('no-jobs'), error.message);
    again = !(error instanceof Refused);
  }
  empty('no-jobs', $('no-jobs').textContent !== '');
  set($('load-jobs').firstChild, 'data', 'Reload');
  if (again) jobsTimer = setTimeout(() => document.hidden ? document.addEventListener('visibilitychange', () => loadJobs(), { once: true }) : loadJobs(), 2000);
}

$('load-jobs').onclick = () => withKey('Jobs', loadJobs);

// ---- Try it ----
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

// ---- Start ----
$('key').onclick = async () => {
  if (key) return setKey(null);
  if (!await confirmed('Admin key', 'Operators need it for actions, failed renders and names of users.', 'Use the key')) return undefined;
  return call('fleet/renders?match=%00').catch(error => report('Admin key', [{ name: 'The manager', done: false, detail: error.message }]));
};
$('recycle').onclick = () => act('Recycle all browsers', 'Replace the browser of every server? Running renders finish on the old one, so no render is lost.', 'Recycle', 'fleet/recycle');
$('report-close').onclick = () => $('report').close();
showKey();
void run();
setInterval(() => { if (state) { showLive(); for (const [id, node] of $('servers').nodes ?? []) { if (state.servers[id] && age(state.servers[id].record.seenAt) > 6) soonServer(id, node); } } }, 1000);
setInterval(() => { if (state) soonCharts(); }, STEP * 1000);
