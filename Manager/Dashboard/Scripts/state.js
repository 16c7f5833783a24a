// The fleet as the stream has last described it, and when that arrived.
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
