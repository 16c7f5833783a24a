// Starts the page. The last script: it calls functions of all others.
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
