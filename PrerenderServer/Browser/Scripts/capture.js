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
  const localName = getter(Element, 'localName');
  const openRoot = getter(Element, 'shadowRoot');
  const closedRoot = globalThis.__fleetShadowRootOf;
  const indexOf = uncurry(String.prototype.indexOf);
  const styleSheet = getter(HTMLStyleElement, 'sheet');
  const linkSheet = getter(HTMLLinkElement, 'sheet');
  const isDisabled = getter(StyleSheet, 'disabled');
  const mediaOf = getter(StyleSheet, 'media');
  const ownerOf = getter(StyleSheet, 'ownerNode');
  const mediaText = getter(MediaList, 'mediaText');
  const matchMedia = globalThis.matchMedia.bind(globalThis);
  const normalized = getter(MediaQueryList, 'media');
  const textContent = getter(Node, 'textContent');
  const nodeType = getter(Node, 'nodeType');
  const documentSheets = getter(Document, 'adoptedStyleSheets');
  const rootSheets = getter(ShadowRoot, 'adoptedStyleSheets');
  const Sheet = CSSStyleSheet;
  const replace = uncurry(CSSStyleSheet.prototype.replaceSync);
  const rulesOf = getter(CSSStyleSheet, 'cssRules');
  const ruleCount = getter(CSSRuleList, 'length');
  const ruleText = getter(CSSRule, 'cssText');
  const parentSheet = getter(CSSRule, 'parentStyleSheet');
  const lower = uncurry(String.prototype.toLowerCase);
  const startsWith = uncurry(String.prototype.startsWith);
  const slice = uncurry(String.prototype.slice);
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

  // Rules that scripts inserted into the sheets of links. Their text is not in the file that the link names.
  const inserted = new Map();
  const insertedIn = uncurry(Map.prototype.get);
  const addInserted = uncurry(Map.prototype.set);
  const insertRule = CSSStyleSheet.prototype.insertRule;
  CSSStyleSheet.prototype.insertRule = { insertRule(rule, index = 0) {
    const at = insertRule.call(this, rule, index);
    const owner = ownerOf(this);
    if (owner !== null && isLink(owner)) {
      const rules = insertedIn(inserted, this) ?? [];
      rules[rules.length] = rulesOf(this)[at];
      addInserted(inserted, this, rules);
    }
    return at;
  } }.insertRule;
  const isLink = (element) => {
    try {
      linkSheet(element);
      return true;
    } catch {
      return false;
    }
  };

  /** Whether a sheet applies differently from what its element says: it is disabled, or has other media. */
  const changedMedia = (element, sheet) => {
    if (isDisabled(sheet)) return { __proto__: null, media: 'not all' };
    const media = mediaText(mediaOf(sheet));
    return normalized(matchMedia(attribute(element, 'media') ?? '')) === media ? null : { __proto__: null, media };
  };

  // State that is not in the tree: form values live in properties, whereas HTML has only attributes.
  const live = {
    attributes(element, name) {
      if (name === 'style' || name === 'link') {
        const sheet = name === 'style' ? styleSheet(element) : linkSheet(element);
        // An alternate sheet is disabled until the user chooses it.
        return sheet === null || (name === 'link' && indexOf(lower(attribute(element, 'rel') ?? ''), 'alternate') >= 0) ? null : changedMedia(element, sheet);
      }
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
      const source = textContent(element);
      replace(parsed, source);
      const text = cssOf(parsed);
      if (text === rules) return null;
      if (text !== '' && startsWith(rules, `${text}\n`)) {
        // Keep the source, because the text of a rule cannot express all of it. It may end inside a comment or a block.
        const both = `${source}\n${slice(rules, text.length + 1)}`;
        replace(parsed, both);
        if (cssOf(parsed) === rules) return both;
      }
      return rules;
    },
    /** Rules that apply after those of a link. */
    after(element, name) {
      const sheet = name === 'link' ? linkSheet(element) : null;
      const rules = sheet === null ? undefined : insertedIn(inserted, sheet);
      let text = '';
      if (rules !== undefined) {
        for (let i = 0; i < rules.length; i++) if (parentSheet(rules[i]) === sheet) text += `${text === '' ? '' : '\n'}${ruleText(rules[i])}`;
      }
      return text;
    },
    styles(scope) {
      const sheets = nodeType(scope) === 9 ? documentSheets(scope) : rootSheets(scope);
      let text = '';
      for (let i = 0; i < sheets.length; i++) {
        const media = mediaText(mediaOf(sheets[i]));
        let rules = isDisabled(sheets[i]) ? '' : cssOf(sheets[i]);
        if (rules !== '' && media !== '') rules = `@media ${media} {\n${rules}\n}`;
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

  // Prerender's name, or Rendertron's.
  const statusCode = () => metas('prerender-status-code')[0] ?? metas('render:status_code')[0] ?? null;

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
      let declared = quote(statusCode());
      for (let i = 0; i < headers.length; i++) declared += `,${quote(headers[i])}`;
      leaving(`[${declared}]`);
    });
  }

  // The parser can attach closed shadow roots, which no script sees. Hosts are usually custom elements.
  const MAX_SUSPECTS = 100;
  const suspects = () => {
    const found = [];
    const elements = queryAll(document, '*');
    for (let i = 0; elements[i] !== undefined && found.length < MAX_SUSPECTS; i++) {
      if (indexOf(localName(elements[i]), '-') > 0 && openRoot(elements[i]) === null && closedRoot(elements[i]) === undefined) found[found.length] = elements[i];
    }
    return found;
  };
  Object.defineProperty(globalThis, '__fleetSuspects', { value: suspects });

  const capture = (maxLength) => {
    const html = write(document, live);
    if (html.length > maxLength) return { tooLarge: html.length };
    return { url: location.href, html, statusCode: statusCode(), headers: metas('prerender-header'), refresh: refresh(), read: reads(), suspects: suspects().length };
  };
  Object.defineProperty(globalThis, '__fleetCapture', { value: capture });
})();
