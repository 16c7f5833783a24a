// A server as a row of slots.
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
