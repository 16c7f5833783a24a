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

  // Timers that were set outside of another timer: a chain of them goes on. Per window and id, or per object, when it is due.
  const timers = new Map();
  const putTimer = uncurry(Map.prototype.set);
  const dropTimer = uncurry(Map.prototype.delete);
  const eachTimer = uncurry(Map.prototype.forEach);
  const { apply } = Reflect;
  let depth = 0;
  const isSoon = (handler, delay) => typeof handler === 'function' && depth === 0 && delay > 0 && delay <= MAX_MS;
  /** A handler that is no longer waited for once it was called. */
  const noted = (handler, key) => function () {
    dropTimer(timers, key());
    depth++;
    try {
      return apply(handler, this, arguments);
    } finally {
      depth--;
    }
  };
  // Ids are 32 bits long, and unique in a window.
  const IDS = 2 ** 32;
  let windows = 0;
  const watchTimers = (target) => {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = target;
    const first = IDS * windows++;
    /** Sets a timer, or an interval, of which the first time counts. */
    const start = (set, parameters) => {
      const delay = +parameters[1];
      if (!isSoon(parameters[0], delay)) return apply(set, target, parameters);
      parameters[0] = noted(parameters[0], () => first + id);
      const id = apply(set, target, parameters);
      putTimer(timers, first + id, { due: now() + delay, isLong: delay > SHORT_MS });
      return id;
    };
    target.setTimeout = { setTimeout(handler) { return start(setTimeout, arguments); } }.setTimeout;
    target.setInterval = { setInterval(handler) { return start(setInterval, arguments); } }.setInterval;
    target.clearTimeout = { clearTimeout(id = undefined) { dropTimer(timers, first + id); apply(clearTimeout, target, [id]); } }.clearTimeout;
    target.clearInterval = { clearInterval(id = undefined) { dropTimer(timers, first + id); apply(clearInterval, target, [id]); } }.clearInterval;
  };
  watchTimers(globalThis);
  Object.defineProperty(globalThis, '__fleetWatchTimers', { value: watchTimers });
  if (globalThis.Scheduler) {
    const post = Scheduler.prototype.postTask;
    Scheduler.prototype.postTask = { postTask(task) {
      const delay = +arguments[1]?.delay;
      if (isSoon(task, delay)) {
        const key = {};
        arguments[0] = noted(task, () => key);
        putTimer(timers, key, { due: now() + delay, isLong: delay > SHORT_MS });
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
    eachTimer(timers, (timer) => { if (timer.isLong === isLong && timer.due + SHORT_MS > now()) has = true; });
    return has;
  };

  /** Whether the browser has worked for a while on what the page asked for. It answers at some time, which on a busy machine may be late. */
  const isWorking = () => {
    let is = false;
    eachTimer(timers, (timer) => { if (timer.isWork && timer.due + WORK_MS < now() && timer.due + MAX_MS > now()) is = true; });
    return is;
  };

  // Taken by settle.js, which runs next.
  globalThis.__fleetPending = { hasTimer, isWorking, lastPosted: () => lastPosted };
})();
