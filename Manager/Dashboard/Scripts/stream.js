// The stream of patches. It is read with fetch, since an EventSource cannot send the key.
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
