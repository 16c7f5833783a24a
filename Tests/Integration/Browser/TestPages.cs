namespace Fleet.Tests.Browser;

/// <summary>Pages for tests.</summary>
internal static class TestPages
{
    /// <summary>A host app that renders by the last segment of the URL: a plain word is a card, other names select a fault.</summary>
    public const string Host = """
        <!doctype html><html><head><title>host</title></head><body><div id="app"></div><script>
        const misbehave = {
          loop() { for (;;); },
          regex() { /^(a+)+$/.test('a'.repeat(40) + 'b'); },
          microtasks() { return new Promise(() => { const go = () => Promise.resolve().then(go); go(); }); },
          frames() { return new Promise(() => { const go = () => { const end = performance.now() + 50; while (performance.now() < end); requestAnimationFrame(go); }; go(); }); },
          never() { return new Promise(() => {}); },
          throws() { throw new Error('the card is broken'); },
        };
        globalThis.fleet = {
          version: '1', capabilities: ['render', 'extract', 'run', 'stage'], ready: Promise.resolve(),
          async render({ id, url, formats }) {
            const name = new URL(url).pathname.split('/').pop();
            if (misbehave[name]) return misbehave[name]();
            if (name === 'missing') return { status: 404, formats: { isolated: '<p>no such card</p>' } };
            if (name === 'private') return { status: 401, formats: {}, error: { kind: 'unauthorized', message: 'sign in' } };
            if (name === 'offline') return { status: 500, formats: {}, error: { kind: 'network', message: 'the API is away' } };
            if (name === 'bare') return { status: 200, formats: {} };
            if (name === 'fetches') await (await fetch('/elements/read.json')).text();
            if (name === 'asks') await (await fetch('/elements/asked.json')).text();
            return { status: 200, data: { id }, deps: [url], formats: Object.fromEntries(formats.map((f) => [f, `<i>${f} of ${name}</i>`])) };
          },
          extract: async ({ url }) => ({ status: 200, formats: {}, data: { extracted: new URL(url).pathname.split('/').pop() } }),
          async run(command, input, call) {
            if (command === 'add') return { sum: input.a + input.b, id: call.id };
            if (command === 'write') return (await fetch('/elements/written', { method: 'POST', body: JSON.stringify(input) })).status;
            if (command === 'loop') for (;;);
            if (command === 'nothing') return undefined;
            if (command === 'forbidden') throw Object.assign(new Error('not yours'), { kind: 'unauthorized' });
            throw new Error(`no command ${command}`);
          },
          stage: () => ({ stage: 'render', inFlight: [] }),
        };
        </script></body></html>
        """;

    /// <summary>A page of an app without the host contract.</summary>
    public const string Plain = "<!doctype html><html><head><title>plain</title></head><body><h1>plain</h1></body></html>";
}
