// Moves on to another URL of the app without loading it again. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const { fetch, MouseEvent: Click, PopStateEvent: Step, MutationObserver: Observer, URL: Address } = globalThis;
  const textOf = uncurry(Response.prototype.text);
  const statusOf = getter(Response, 'status');
  const headersOf = getter(Response, 'headers');
  const headerOf = uncurry(Headers.prototype.get);
  const test = uncurry(RegExp.prototype.test);
  const push = history.pushState.bind(history);
  const dispatch = uncurry(EventTarget.prototype.dispatchEvent);
  const listen = uncurry(EventTarget.prototype.addEventListener);
  const unlisten = uncurry(EventTarget.prototype.removeEventListener);
  const prevent = uncurry(Event.prototype.preventDefault);
  const isPrevented = getter(Event, 'defaultPrevented');
  const bodyOf = getter(Document, 'body');
  const create = uncurry(Document.prototype.createElement);
  const setAttribute = uncurry(Element.prototype.setAttribute);
  const append = uncurry(Node.prototype.appendChild);
  const remove = uncurry(Element.prototype.remove);
  const query = uncurry(Element.prototype.querySelector);
  const observe = uncurry(MutationObserver.prototype.observe);
  const disconnect = uncurry(MutationObserver.prototype.disconnect);
  const addedIn = getter(MutationRecord, 'addedNodes');
  const removedIn = getter(MutationRecord, 'removedNodes');
  const hrefOf = getter(URL, 'href');
  const scrollTo = globalThis.scrollTo.bind(globalThis);
  const forgetReads = globalThis.__fleetForgetReads;
  const forgetStates = globalThis.__fleetForgetStates;
  delete globalThis.__fleetForgetReads;
  delete globalThis.__fleetForgetStates;

  let source;
  let link = null;
  let isChanged = false;
  const observer = new Observer((records) => {
    for (let i = 0; i < records.length && !isChanged; i++) {
      isChanged = link === null || (addedIn(records[i])[0] !== link && removedIn(records[i])[0] !== link);
    }
    if (isChanged) disconnect(observer);
  });

  /** Clicks on a link to the URL, and returns whether the app follows it. Apps listen in the element that they are mounted to. */
  const follow = (url) => {
    link = create(document, 'a');
    setAttribute(link, 'href', url);
    append(query(bodyOf(document), ':scope > :not(script, style, template, noscript)') ?? bodyOf(document), link);
    let isFollowed = false;
    const last = (event) => {
      isFollowed = isPrevented(event);
      prevent(event);
    };
    listen(globalThis, 'click', last);
    dispatch(link, new Click('click', { bubbles: true, cancelable: true, composed: true, view: globalThis }));
    unlisten(globalThis, 'click', last);
    remove(link);
    return isFollowed;
  };

  const visit = async (url) => {
    // The server may answer this URL with a redirect, an error, or another app. Its cookies are those of a first visit.
    const response = await fetch(url, { headers: { Accept: 'text/html' }, redirect: 'manual', cache: 'no-store' });
    if (statusOf(response) !== 200) return `its server answers with ${statusOf(response) === 0 ? 'a redirect' : statusOf(response)}`;
    const headers = headersOf(response);
    if (headerOf(headers, 'x-robots-tag') !== null || headerOf(headers, 'content-language') !== null || test(/canonical/i, headerOf(headers, 'link') ?? '')) return 'its server sends headers for search engines';
    if (await textOf(response) !== source) return 'its server sends another document';
    forgetReads(hrefOf(new Address(url)));
    forgetStates();
    globalThis.name = '';
    if (globalThis.prerenderReady !== undefined) globalThis.prerenderReady = false;
    scrollTo({ top: 0, left: 0, behavior: 'instant' });
    isChanged = false;
    observe(observer, document, { subtree: true, childList: true, attributes: true, characterData: true });
    if (!follow(url)) {
      push(null, '', url);
      dispatch(globalThis, new Step('popstate', { state: null }));
    }
    return '';
  };

  const arrived = (url) => {
    disconnect(observer);
    if (location.href !== hrefOf(new Address(url))) return `The app changed the address to ${location.href}.`;
    return isChanged ? '' : 'The document did not change: the app follows neither links nor the history.';
  };

  // A function of the document's source, as the server sent it.
  Object.defineProperty(globalThis, '__fleetKeep', { value: (text) => { source = text; } });
  // A function of a URL. Resolves to why the server does not send this document for it, or to an empty text once the app was told to show it.
  Object.defineProperty(globalThis, '__fleetVisit', { value: visit });
  // A function of the same URL. Returns why the app does not show it, or an empty text.
  Object.defineProperty(globalThis, '__fleetArrived', { value: arrived });
})();
