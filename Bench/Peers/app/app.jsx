// A heavy single-page app: React, and two whole libraries. A page fetches its data and shows 120 rows.
import { useState, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import * as three from 'three';
import * as mathjs from 'mathjs';

const number = (url) => Number(new URL(url).searchParams.get('n') ?? 0);
const loopFault = (url) => { while (new URL(url).searchParams.get('fault') === 'loop'); };
const load = (url) => fetch(`/rows-${number(url) % 4}.json`, { cache: 'no-store' }).then((response) => response.json());

function Page({ rows, title }) {
  const [sorted, setSorted] = useState(rows);
  useEffect(() => { document.title = title; }, [title]);
  return (
    <section>
      <h1 onClick={() => setSorted([...sorted].reverse())}>{title}</h1>
      <table>
        <tbody>{sorted.map((row) => <tr key={row.id} className={row.id % 2 ? 'odd' : 'even'}><td>{row.id}</td><td><a href={`/page?n=${row.id}`}>{row.name}</a></td><td title={row.text}>{row.text}</td><td>{row.price}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

let root;
const show = (url, rows) => {
  root ??= createRoot(document.getElementById('app'));
  flushSync(() => root.render(<Page key={url} rows={rows} title={`Page ${number(url)}`} />));
};

// Keeps the libraries in the bundle, as their use would in a real app.
globalThis.libraries = { three, mathjs };

if (document.documentElement.dataset.host === 'contract') {
  globalThis.fleet = {
    version: '1', capabilities: ['render'], ready: Promise.resolve(),
    async render({ url }) {
      loopFault(url);
      show(url, await load(url));
      return { status: 200, formats: { isolated: document.getElementById('app').innerHTML } };
    },
  };
}

if (location.pathname !== '/_standby') {
  loopFault(location.href);
  globalThis.prerenderReady = false;
  const route = () => load(location.href).then((rows) => { show(location.href, rows); globalThis.prerenderReady = true; });
  addEventListener('popstate', route);
  route();
}
