// Charts of the last hour.
const STEP = 10, LENGTH = 360;
const charts = [
  { id: 'rate', title: 'Renders', unit: '/s', value: v => v[0] / STEP, text: number },
  { id: 'failed', title: 'Failed', unit: '/min', value: v => v[1] * 60 / STEP, text: number, danger: true },
  { id: 'warm', title: 'Warm pages', unit: '%', value: v => v[2] + v[3] > 0 ? 100 * v[2] / (v[2] + v[3]) : null, text: v => v.toFixed(0), max: 100 },
  { id: 'render', title: 'Render time', note: 'p95', value: v => v[0] > 0 ? v[7] : null, second: v => v[0] > 0 ? v[6] : null, text: ms },
  { id: 'wait', title: 'Wait in queue', note: 'p95', value: v => v[5], second: v => v[4], text: ms },
];

function createChart(_, { title, danger }) {
  const value = el('b'), line = svg('path', { class: 'line' }), area = svg('path', { class: 'area' }), second = svg('path', { class: 'second' });
  const picture = svg('svg', { viewBox: `0 0 ${LENGTH} 100`, preserveAspectRatio: 'none', role: 'img' }, area, second, line);
  const node = el('figure', { className: 'card chart' }, el('figcaption', { className: 'quiet' }, title), value, picture);
  node.parts = { value, line, area, second, picture, danger };
  return node;
}

function updateChart(node, { title, unit, value: pick, second, text, max, note }) {
  const { value, line, area, picture, danger } = node.parts;
  const now = Math.floor((Date.parse(state.at) + performance.now() - receivedAt) / 1000 / STEP);
  const first = now - LENGTH + 1;
  const read = of => Array.from({ length: LENGTH }, (_, index) => of(state.history[(first + index) * STEP] ?? [0, 0, 0, 0, 0, 0, 0, 0, 0]));
  const values = read(pick), more = second ? read(second) : [];
  const highest = max ?? Math.max(1e-9, ...values.map(v => v ?? 0));
  const path = points => points.reduce(([d, open], v, x) => v === null ? [d, false] : [`${d}${open ? 'L' : 'M'}${x} ${(98 - 96 * v / highest).toFixed(1)}${open ? '' : 'h.5'}`, true], ['', false])[0];
  attribute(line, 'd', path(values));
  attribute(area, 'd', values.includes(null) ? '' : `${path(values)}V100H0Z`);
  if (second) attribute(node.parts.second, 'd', path(more));
  // The last bucket is not over yet; the one before is the last complete one.
  const last = values[LENGTH - 2] ?? values.findLast(v => v !== null) ?? null;
  const shown = last === null ? '–' : text(last), top = text(Math.max(0, ...values.map(v => v ?? 0)));
  if (node.shown !== `${shown} ${top}`) {
    node.shown = `${shown} ${top}`;
    value.replaceChildren(shown, el('small', {}, `${shown !== '–' && unit ? ` ${unit}` : ''}${note ? ` ${note}` : ''}${max ? '' : ` · max ${top}`}`));
    attribute(picture, 'aria-label', `${title}${note ? ` (${note}, median dashed)` : ''}: ${shown} ${unit ?? ''}, highest in the last hour ${top}`);
  }
  set(node, 'className', `card chart${danger && values.some(v => v > 0) ? ' danger' : ''}`);
}
