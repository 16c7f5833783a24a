// Captures the current document without changing it. Runs before any script of the document and saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const getter = (type, name) => uncurry(Object.getOwnPropertyDescriptor(type.prototype, name).get);
  const write = globalThis.fleetHtml;
  const inputType = getter(HTMLInputElement, 'type');
  const inputValue = getter(HTMLInputElement, 'value');
  const inputDefault = getter(HTMLInputElement, 'defaultValue');
  const isChecked = getter(HTMLInputElement, 'checked');
  const isSelected = getter(HTMLOptionElement, 'selected');
  const areaValue = getter(HTMLTextAreaElement, 'value');
  const areaDefault = getter(HTMLTextAreaElement, 'defaultValue');
  const styleSheet = getter(HTMLStyleElement, 'sheet');
  const textContent = getter(Node, 'textContent');
  const nodeType = getter(Node, 'nodeType');
  const documentSheets = getter(Document, 'adoptedStyleSheets');
  const rootSheets = getter(ShadowRoot, 'adoptedStyleSheets');
  const Sheet = CSSStyleSheet;
  const replace = uncurry(CSSStyleSheet.prototype.replaceSync);
  const rulesOf = getter(CSSStyleSheet, 'cssRules');
  const ruleCount = getter(CSSRuleList, 'length');
  const ruleText = getter(CSSRule, 'cssText');
  const queryAll = uncurry(Document.prototype.querySelectorAll);
  const attribute = uncurry(Element.prototype.getAttribute);
  const times = performance;
  const timesOf = uncurry(Performance.prototype.getEntriesByType);
  const timeName = getter(PerformanceEntry, 'name');
  const initiator = getter(PerformanceResourceTiming, 'initiatorType');

  // The text of an element contains neither rules that were inserted by script nor adopted style sheets.
  const cssOf = (sheet) => {
    try {
      const rules = rulesOf(sheet);
      let text = '';
      for (let i = 0; i < ruleCount(rules); i++) text += `${i > 0 ? '\n' : ''}${ruleText(rules[i])}`;
      return text;
    } catch {
      return ''; // a sheet of another origin; its link is kept
    }
  };

  // State that is not in the tree: form values live in properties, whereas HTML has only attributes.
  const live = {
    attributes(element, name) {
      if (name === 'option') return { __proto__: null, selected: isSelected(element) ? '' : null };
      if (name !== 'input') return null;
      const type = inputType(element);
      if (type === 'checkbox' || type === 'radio') return { __proto__: null, checked: isChecked(element) ? '' : null };
      if (type === 'password' || type === 'file' || inputValue(element) === inputDefault(element)) return null;
      return { __proto__: null, value: inputValue(element) };
    },
    text(element, name) {
      if (name === 'textarea') return areaValue(element) === areaDefault(element) ? null : areaValue(element);
      if (name !== 'style') return null;
      const sheet = styleSheet(element);
      const rules = sheet === null ? '' : cssOf(sheet);
      if (rules === '') return null;
      const parsed = new Sheet();
      replace(parsed, textContent(element));
      return cssOf(parsed) === rules ? null : rules;
    },
    styles(scope) {
      const sheets = nodeType(scope) === 9 ? documentSheets(scope) : rootSheets(scope);
      let text = '';
      for (let i = 0; i < sheets.length; i++) {
        const rules = cssOf(sheets[i]);
        if (rules !== '') text += `${text === '' ? '' : '\n'}${rules}`;
      }
      return text;
    },
  };

  const metas = (name) => {
    const found = [];
    const elements = queryAll(document, `meta[name="${name}" i]`);
    for (let i = 0; elements[i] !== undefined; i++) found[i] = attribute(elements[i], 'content') ?? '';
    return found;
  };

  const reads = () => {
    const read = [];
    const entries = timesOf(times, 'resource');
    for (let i = 0; i < entries.length; i++) {
      const by = initiator(entries[i]);
      if (by === 'fetch' || by === 'xmlhttprequest') read[read.length] = timeName(entries[i]);
    }
    return read;
  };

  // The first of meta refresh that leads elsewhere soon, as its delay in seconds and its URL.
  const refresh = () => {
    const found = queryAll(document, 'meta[http-equiv="refresh" i]')[0];
    return found === undefined ? null : attribute(found, 'content');
  };

  // Reports what the document declares at the time when it is about to leave.
  const leaving = globalThis.__fleetLeaving;
  delete globalThis.__fleetLeaving;
  if (leaving !== undefined && globalThis.navigation) {
    const quote = JSON.stringify;
    const destination = getter(NavigateEvent, 'destination');
    const isSameDocument = getter(NavigationDestination, 'sameDocument');
    navigation.addEventListener('navigate', (event) => {
      if (isSameDocument(destination(event))) return;
      const headers = metas('prerender-header');
      let declared = quote(metas('prerender-status-code')[0] ?? null);
      for (let i = 0; i < headers.length; i++) declared += `,${quote(headers[i])}`;
      leaving(`[${declared}]`);
    });
  }

  const capture = (maxLength) => {
    const html = write(document, live);
    if (html.length > maxLength) return { tooLarge: html.length };
    return { url: location.href, html, statusCode: metas('prerender-status-code')[0] ?? null, headers: metas('prerender-header'), refresh: refresh(), read: reads() };
  };
  Object.defineProperty(globalThis, '__fleetCapture', { value: capture });
})();
