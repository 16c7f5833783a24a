'use strict';
const byId = (id) => document.getElementById(id);
const words = { off: 'Off', waiting: 'Waiting', running: 'Indexing', done: 'Complete' };

function show(status) {
  // An app without realms has no cards: its routes are rendered when they are asked for.
  byId('bar').hidden = status.total === 0;
  byId('bar').max = Math.max(status.total, 1);
  byId('bar').value = status.state === 'done' ? byId('bar').max : status.done;
  const counts = status.total === 0 ? 'there are no cards'
    : `${status.done} of ${status.total} cards, ${status.skipped} stored already, ${status.failed} failed`;
  byId('words').textContent = `${words[status.state]}: ${status.reason ?? counts}`;
}

function showRoutes({ stored, errors, newestAt }) {
  const pages = (count) => `${count} ${count === 1 ? 'route' : 'routes'} of the app`;
  byId('routes').textContent = stored === 0 ? 'No route of the app is stored yet: a route is stored when a crawler asks for it for the first time.'
    : `${pages(stored)} ${stored === 1 ? 'is' : 'are'} stored${errors ? `, ${errors} of them with an error status` : ''}; the newest was rendered ${new Date(newestAt).toLocaleString()}.`;
}

// Text from cards and pages is inserted as text, never as markup.
function list(id, rows) {
  const section = byId(id);
  section.hidden = rows.length === 0;
  section.querySelector('ul').replaceChildren(...rows.map(({ where, link, reason, more }) => {
    const row = document.createElement('li');
    const name = document.createElement(link ? 'a' : 'b');
    name.textContent = where;
    if (link) name.href = where;
    const why = document.createElement('span');
    why.textContent = reason;
    row.append(name, why);
    if (more) row.append(diagnostics(more));
    return row;
  }));
}

// Fetched on demand: diagnostics can be many and long.
function diagnostics(url) {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const text = document.createElement('pre');
  const link = document.createElement('a');
  summary.textContent = 'Diagnostics';
  link.href = url;
  link.textContent = 'as JSON';
  details.append(summary, text, link);
  details.addEventListener('toggle', async () => {
    if (!details.open || text.textContent) return;
    const response = await fetch(url);
    text.textContent = response.ok ? readable(await response.json()) : 'No longer available: the card has been rendered again.';
  });
  return details;
}

function readable({ message, stage, stack, console, failedRequests }) {
  const lines = [message, stage && `Stage: ${stage}`, stack, ...(console ?? []).map((line) => `Console: ${line}`), ...(failedRequests ?? []).map((line) => `Request: ${line}`)];
  return lines.filter(Boolean).join('\n');
}

async function lists() {
  const response = await fetch('/_index', { headers: { accept: 'application/json' } }).catch(() => null);
  if (!response?.ok) return;
  const status = await response.json();
  show(status);
  if (status.routes) showRoutes(status.routes);
  list('failures', status.failures.map(({ url, reason, diagnosticsUrl }) => ({ where: url, link: true, reason, more: diagnosticsUrl })));
  list('problems', status.problems.map(({ where, reason }) => ({ where, reason })));
}

let known = '';
const events = new EventSource('/_index/events');
events.addEventListener('index', (event) => {
  const status = JSON.parse(event.data);
  show(status);
  const now = `${status.state} ${status.failed} ${status.startedAt}`;
  if (now !== known) void lists();
  known = now;
});
// Routes are stored without an event of the index.
setInterval(() => { if (!document.hidden) void lists(); }, 10_000);
events.addEventListener('error', () => { byId('words').textContent = 'The server does not answer; reconnecting.'; });
