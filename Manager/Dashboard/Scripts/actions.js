// Actions of operators, each with a confirmation before it and a report after it.
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
