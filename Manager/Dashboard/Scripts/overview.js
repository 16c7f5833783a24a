// All that the stream describes: banner, host shell, queues, realms and services.
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
  if (!touched || touched.realms || touched.servers) soon('found', showFound);
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
