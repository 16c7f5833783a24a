// A change of everything at once would make a frame late, so it is drawn in parts: each frame draws parts for PARTS_MS. A part that is due twice is drawn once, with the state of that time.
const PARTS_MS = 1;
const due = new Map();
let frame = 0;

function soon(part, draw) {
  due.set(part, draw);
  frame ||= requestAnimationFrame(drawDue);
}

function drawDue() {
  const end = performance.now() + PARTS_MS;
  frame = 0;
  for (const [part, draw] of due) {
    if (performance.now() >= end) {
      frame ||= requestAnimationFrame(drawDue);
      return;
    }
    due.delete(part);
    draw();
  }
}
