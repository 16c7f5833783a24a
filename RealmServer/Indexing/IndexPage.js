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

// The rows of each list by what they say. The lists are read again every 10 s: a row that says the same stays as it is, so that what a reader has opened stays open.
const shown = new Map();

function list(id, rows) {
  const section = byId(id);
  const before = shown.get(id) ?? new Map();
  const now = new Map();
  for (const row of rows) {
    const key = JSON.stringify([row.where, row.reason, Boolean(row.more)]);
    const item = before.get(key) ?? rowOf(row);
    if (row.more) item.querySelector('details a').href = row.more;
    now.set(key, item);
  }

  shown.set(id, now);
  section.hidden = rows.length === 0;
  const items = section.querySelector('ul');
  if (items.children.length !== now.size || [...now.values()].some((item, i) => items.children[i] !== item)) items.replaceChildren(...now.values());
}

// Text from cards and pages is inserted as text, never as markup.
function rowOf({ where, link, reason, more }) {
  const row = document.createElement('li');
  const name = document.createElement(link ? 'a' : 'b');
  name.textContent = where;
  if (link) name.href = where;
  const why = document.createElement('span');
  why.textContent = reason;
  row.append(name, why);
  if (more) row.append(diagnostics());
  return row;
}

// Fetched when they are opened: diagnostics can be many and long, and those of the row's latest render are at another address.
function diagnostics() {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const text = document.createElement('pre');
  const link = document.createElement('a');
  summary.textContent = 'Diagnostics';
  link.textContent = 'as JSON';
  details.append(summary, text, link);
  details.addEventListener('toggle', async () => {
    if (!details.open) return;
    const response = await fetch(link.href);
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
