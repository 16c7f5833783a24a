// Notes what is about to end, and may bring content: timers, and what was asked for beside the thread. Runs before any script of the document and saves the built-ins
// that it needs.
(() => {
  if (globalThis !== globalThis.top) {
    // Only the main frame is captured, but the timers of others may bring its content. Those of another origin cannot.
    try {
      globalThis.top.__fleetWatchTimers(globalThis);
    } catch {
      // It is of another origin.
    }
    return;
  }
  const now = performance.now.bind(performance);
  const SHORT_MS = 1000;
  const MAX_MS = 5000;
  // A page that asks for something small again and again is not waited for.
  const WORK_MS = 100;

  // Timers, per window and id, or per object: when they are due. One that another has set, and the later times of an interval, may go on for ever: they are links of a chain, unless they
  // are shorter than the timer that set them, as those of a debounced function are.
  const timers = new Map();
  const putTimer = uncurry(Map.prototype.set);
  const dropTimer = uncurry(Map.prototype.delete);
  const eachTimer = uncurry(Map.prototype.forEach);
  const { apply } = Reflect;
  // The delay of the timer whose handler runs.
  let running = Infinity;
  let lastRun = -MAX_MS;
  // A chain that has brought content lately may bring more.
  let lastGrowth = -MAX_MS;
  const NEAR_MS = 100;
  const isSoon = (delay) => delay > 0 && delay <= MAX_MS;
  const note = (key, delay, isLink) => putTimer(timers, key, { due: now() + delay, isLong: delay > SHORT_MS, isLink });
  /** A handler that notes when it runs. */
  const noted = (handler, delay, key, repeats) => function () {
    if (repeats) note(key(), delay, true);
    else dropTimer(timers, key());
    const outer = running;
    running = delay;
    try {
      return apply(handler, this, arguments);
    } finally {
      running = outer;
      lastRun = now();
    }
  };
  // Ids are 32 bits long, and unique in a window.
  const IDS = 2 ** 32;
  let windows = 0;
  const watchTimers = (target) => {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = target;
    const first = IDS * windows++;
    const start = (set, parameters, repeats) => {
      const delay = +parameters[1];
      const handler = parameters[0];
      if (!isSoon(delay)) return apply(set, target, parameters);
      if (typeof handler === 'function') parameters[0] = noted(handler, delay, () => first + id, repeats);
      const id = apply(set, target, parameters);
      if (typeof handler === 'function') {
        note(first + id, delay, delay >= running);
      } else if (!repeats) {
        // Its handler is the text of a script. A second timer runs right after it.
        note(first + id, delay, delay >= running);
        apply(setTimeout, target, [() => dropTimer(timers, first + id), delay]);
      }
      return id;
    };
    target.setTimeout = { setTimeout(handler) { return start(setTimeout, arguments, false); } }.setTimeout;
    target.setInterval = { setInterval(handler) { return start(setInterval, arguments, true); } }.setInterval;
    target.clearTimeout = { clearTimeout(id = undefined) { dropTimer(timers, first + id); apply(clearTimeout, target, [id]); } }.clearTimeout;
    target.clearInterval = { clearInterval(id = undefined) { dropTimer(timers, first + id); apply(clearInterval, target, [id]); } }.clearInterval;
  };
  watchTimers(globalThis);
  Object.defineProperty(globalThis, '__fleetWatchTimers', { value: watchTimers });
  // A chain of animation frames may end, and show its last one: a library that animates, or delays, by frames. So may work that is done while the page is idle.
  const { requestAnimationFrame, cancelAnimationFrame, requestIdleCallback, cancelIdleCallback } = globalThis;
  const watchCalls = (request, cancel, isNoted) => {
    const keys = new Map();
    const keyOf = uncurry(Map.prototype.get);
    const drop = (id) => { const key = keyOf(keys, id); dropTimer(keys, id); dropTimer(timers, key); };
    let depth = 0;
    return {
      request(parameters) {
        const handler = parameters[0];
        if (typeof handler !== 'function') return apply(request, globalThis, parameters);
        const isWaitedFor = isNoted(depth);
        parameters[0] = function () {
          if (isWaitedFor) drop(id);
          depth++;
          try {
            return apply(handler, this, arguments);
          } finally {
            depth--;
          }
        };
        const id = apply(request, globalThis, parameters);
        if (isWaitedFor) {
          const key = {};
          putTimer(keys, id, key);
          note(key, 0, false);
        }
        return id;
      },
      cancel(id = undefined) {
        drop(id);
        apply(cancel, globalThis, [id]);
      },
    };
  };
  const frames = watchCalls(requestAnimationFrame, cancelAnimationFrame, (depth) => depth > 0);
  globalThis.requestAnimationFrame = { requestAnimationFrame(callback) { return frames.request(arguments); } }.requestAnimationFrame;
  globalThis.cancelAnimationFrame = { cancelAnimationFrame(handle) { frames.cancel(handle); } }.cancelAnimationFrame;
  const idles = watchCalls(requestIdleCallback, cancelIdleCallback, () => true);
  globalThis.requestIdleCallback = { requestIdleCallback(callback) { return idles.request(arguments); } }.requestIdleCallback;
  globalThis.cancelIdleCallback = { cancelIdleCallback(handle) { idles.cancel(handle); } }.cancelIdleCallback;
  if (globalThis.Scheduler) {
    const post = Scheduler.prototype.postTask;
    Scheduler.prototype.postTask = { postTask(task) {
      const delay = +arguments[1]?.delay;
      if (typeof task === 'function' && isSoon(delay)) {
        const key = {};
        arguments[0] = noted(task, delay, () => key, false);
        note(key, delay, delay >= running);
      }
      return apply(post, this, arguments);
    } }.postTask;
  }
  // What a dedicated worker, or the port of a shared one, is made for and asked for is waited for like a timer, until its next message.
  const listen = uncurry(EventTarget.prototype.addEventListener);
  const isAsked = uncurry(WeakSet.prototype.has);
  const ask = uncurry(WeakSet.prototype.add);
  const asked = new WeakSet();
  const expect = (source) => {
    if (!isAsked(asked, source)) {
      ask(asked, source);
      for (const type of ['message', 'error']) listen(source, type, () => dropTimer(timers, source));
    }
    putTimer(timers, source, { due: now(), isLong: false });
  };
  const { construct } = Reflect;
  globalThis.Worker = new Proxy(Worker, { construct(target, parameters, type) {
    const worker = construct(target, parameters, type);
    expect(worker);
    return worker;
  } });
  Worker.prototype.constructor = globalThis.Worker;
  const askWorker = Worker.prototype.postMessage;
  Worker.prototype.postMessage = { postMessage(message) {
    apply(askWorker, this, arguments);
    expect(this);
  } }.postMessage;
  if (globalThis.SharedWorker) {
    const port = Object.getOwnPropertyDescriptor(SharedWorker.prototype, 'port');
    const { get } = Object.getOwnPropertyDescriptor({ get port() {
      const own = apply(port.get, this, []);
      if (!isAsked(asked, own)) expect(own);
      return own;
    } }, 'port');
    Object.defineProperty(SharedWorker.prototype, 'port', { ...port, get });
  }
  // A schedule of the page's own goes on by messages to itself (React, for one, computes for 5 ms at a time, and shows nothing before the end).
  let lastPosted = -MAX_MS;
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = { postMessage(message) {
    if (isAsked(asked, this)) expect(this);
    else lastPosted = now();
    return apply(post, this, arguments);
  } }.postMessage;
  // So is what a store of the page is asked for, until it answers.
  const then = uncurry(Promise.prototype.then);
  const answering = (target, names, whenAnswered) => {
    for (const name of names) {
      const call = target[name];
      target[name] = { [name]() {
        const answer = apply(call, this, arguments);
        putTimer(timers, answer, { due: now(), isLong: false, isWork: true });
        whenAnswered(answer, () => dropTimer(timers, answer));
        return answer;
      } }[name];
    }
  };
  const whenSettled = (promise, drop) => then(promise, drop, drop);
  const whenDone = (request, drop) => { for (const type of ['success', 'error', 'blocked']) listen(request, type, drop); };
  answering(IDBFactory.prototype, ['databases'], whenSettled);
  answering(IDBFactory.prototype, ['open'], whenDone);
  for (const type of [IDBObjectStore, IDBIndex]) answering(type.prototype, ['get', 'getAll', 'getKey', 'getAllKeys', 'count', 'openCursor', 'openKeyCursor'], whenDone);
  if (globalThis.CacheStorage) {
    answering(CacheStorage.prototype, ['open', 'match', 'has', 'keys'], whenSettled);
    answering(Cache.prototype, ['match', 'matchAll', 'keys'], whenSettled);
  }
  // And so is what it computes beside its thread.
  answering(WebAssembly, ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'], whenSettled);
  if (globalThis.SubtleCrypto) answering(SubtleCrypto.prototype, ['decrypt', 'deriveBits', 'deriveKey', 'digest', 'generateKey', 'importKey', 'unwrapKey', 'verify'], whenSettled);

  /** Whether a timer is due soon, or was lately: a long one, or one of at most SHORT_MS. */
  const hasTimer = (isLong) => {
    let has = false;
    eachTimer(timers, (timer) => { if (!timer.isLink && timer.isLong === isLong && timer.due + SHORT_MS > now()) has = true; });
    return has;
  };

  /** Whether a chain of timers goes on that has brought content lately. */
  const hasChain = () => {
    let has = false;
    if (now() - lastGrowth < SHORT_MS) eachTimer(timers, (timer) => { if (timer.isLink && !timer.isLong && timer.due + SHORT_MS > now()) has = true; });
    return has;
  };

  /** Called when the document has grown. */
  const grew = () => { if (now() - lastRun < NEAR_MS) lastGrowth = now(); };

  /** Whether the browser has worked for a while on what the page asked for. It answers at some time, which on a busy machine may be late. */
  const isWorking = () => {
    let is = false;
    eachTimer(timers, (timer) => { if (timer.isWork && timer.due + WORK_MS < now() && timer.due + MAX_MS > now()) is = true; });
    return is;
  };

  // Taken by settle.js, which runs next.
  globalThis.__fleetPending = { hasTimer, hasChain, grew, isWorking, lastPosted: () => lastPosted };
})();
