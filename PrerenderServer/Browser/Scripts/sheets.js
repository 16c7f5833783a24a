// Notes what scripts change in style sheets: it is neither in the files that links name nor in the text of style elements. Runs before any script of the document and
// saves the built-ins that it needs.
(() => {
  if (globalThis !== globalThis.top) return; // only the main frame is captured
  const css = globalThis.__fleetCss;
  const linkSheet = getter(HTMLLinkElement, 'sheet');
  const ownerOf = getter(StyleSheet, 'ownerNode');
  const hrefOf = getter(StyleSheet, 'href');
  const rulesOf = getter(CSSStyleSheet, 'cssRules');
  const ruleCount = getter(CSSRuleList, 'length');
  const ruleText = getter(CSSRule, 'cssText');
  const parentSheet = getter(CSSRule, 'parentStyleSheet');
  const parentRule = getter(CSSRule, 'parentRule');
  const indexOf = uncurry(String.prototype.indexOf);

  const isLink = (element) => {
    try {
      linkSheet(element);
      return true;
    } catch {
      return false;
    }
  };

  // What scripts change in the sheet of a link is not in the file that the link names. Per sheet: its inserted rules, the texts of other rules before scripts
  // had access to them, and whether a rule of the file was deleted.
  const changes = new WeakMap();
  const changesIn = uncurry(WeakMap.prototype.get);
  const addChanges = uncurry(WeakMap.prototype.set);
  const put = uncurry(Map.prototype.set);
  const has = uncurry(Map.prototype.has);
  const each = uncurry(Map.prototype.forEach);
  const changesOf = (sheet) => {
    const owner = sheet === null ? null : ownerOf(sheet);
    if (owner === null || !isLink(owner)) return null;
    let of = changesIn(changes, sheet);
    if (of === undefined) addChanges(changes, sheet, (of = { __proto__: null, inserted: new Map(), before: new Map(), isDeleted: false }));
    return of;
  };
  const topRule = (rule) => {
    let top = rule;
    while (parentRule(top) !== null) top = parentRule(top);
    return top;
  };

  /** Notes a rule, of which a script may change something. */
  const touch = (rule) => {
    const of = changesOf(parentSheet(rule));
    if (of !== null && !has(of.before, rule) && !has(of.inserted, topRule(rule))) put(of.before, rule, ruleText(rule));
  };

  // Methods that have the name and the length of the one that they replace.
  const wrap = (type, name, before, after) => {
    const native = type.prototype[name];
    const { [name]: wrapped } = { [name](...parameters) {
      const seen = before?.(this, parameters[0]);
      const result = native.apply(this, parameters);
      after?.(this, parameters, result, seen);
      return result;
    } };
    Object.defineProperty(wrapped, 'length', { value: native.length });
    type.prototype[name] = wrapped;
  };
  const noteInserted = (sheet, at, text) => {
    css.note(rulesOf(sheet), at, text);
    const of = changesOf(sheet);
    if (of !== null) put(of.inserted, rulesOf(sheet)[at], true);
  };
  const ruleAt = (sheet, at = 0) => (changesOf(sheet) === null ? undefined : rulesOf(sheet)[at]);
  const noteDeleted = (sheet, parameters, result, rule) => {
    const of = rule === undefined ? null : changesOf(sheet);
    if (of !== null && !has(of.inserted, rule)) of.isDeleted = true;
  };
  wrap(CSSStyleSheet, 'insertRule', null, (sheet, parameters, at) => noteInserted(sheet, at, `${parameters[0]}`));
  wrap(CSSStyleSheet, 'addRule', null, (sheet, parameters) => noteInserted(sheet, parameters[2] ?? ruleCount(rulesOf(sheet)) - 1, `${parameters[0]}{${parameters[1]}}`));
  wrap(CSSStyleSheet, 'deleteRule', ruleAt, noteDeleted);
  wrap(CSSStyleSheet, 'removeRule', ruleAt, noteDeleted);

  // The text of which a script has constructed a sheet.
  const { WeakMap: Texts } = globalThis;
  const sources = new Texts();
  const recall = uncurry(WeakMap.prototype.get);
  const putText = uncurry(WeakMap.prototype.set);
  wrap(CSSStyleSheet, 'replaceSync', null, (sheet, parameters) => putText(sources, sheet, `${parameters[0]}`));
  wrap(CSSStyleSheet, 'replace', null, (sheet, parameters) => putText(sources, sheet, `${parameters[0]}`));

  const isDisabled = getter(StyleSheet, 'disabled');
  const mediaOf = getter(StyleSheet, 'media');
  const mediaText = getter(MediaList, 'mediaText');
  // The texts of adopted sheets. Hundreds of shadow roots may share one.
  let texts = new Texts();

  /** Forgets the texts of an earlier capture. */
  const begin = () => { texts = new Texts(); };

  /** The rules of an adopted sheet, as they apply. */
  const adopted = (sheet) => {
    let rules = recall(texts, sheet);
    if (rules !== undefined) return rules;
    const media = mediaText(mediaOf(sheet));
    rules = isDisabled(sheet) ? '' : css.current(sheet, recall(sources, sheet) ?? '');
    if (rules !== '' && media !== '') rules = `@media ${media} {\n${rules}\n}`;
    putText(texts, sheet, rules);
    return rules;
  };

  // Registered properties, as the rules that mean the same.
  let registered = '';
  const register = CSS.registerProperty;
  CSS.registerProperty = { registerProperty(definition) {
    register.call(this, definition);
    const { name, syntax = '*', inherits, initialValue } = definition;
    registered += `@property ${name} { syntax: "${syntax}"; inherits: ${!!inherits};${initialValue === undefined ? '' : ` initial-value: ${initialValue};`} }\n`;
  } }.registerProperty;

  // Every member of a rule by which a script can change it.
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!/^CSS\w*(Rule|Declarations)$/.test(name)) continue;
    const type = globalThis[name].prototype;
    for (const [member, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (/^(insert|delete|append)Rule$/.test(member)) {
        wrap(globalThis[name], member, touch, member === 'insertRule' ? (rule, parameters, at) => css.note(css.nestedOf(rule), at, `${parameters[0]}`) : null);
      } else if (descriptor.get !== undefined && (descriptor.set !== undefined || /^(style|styleMap|media)$/.test(member))) {
        const { get, set } = descriptor;
        const { get: read, set: write } = Object.getOwnPropertyDescriptor({
          get [member]() { touch(this); return get.call(this); },
          set [member](value) { touch(this); set?.call(this, value); },
        }, member);
        Object.defineProperty(type, member, { ...descriptor, get: read, set: set && write });
      }
    }
  }

  // Only the page that made such a URL has what it names.
  const isBlobUrl = (url) => url !== null && indexOf(url, 'blob:') === 0;

  const isRewritten = (sheet, of) => {
    let isChanged = of.isDeleted;
    each(of.before, (text, rule) => {
      if (!isChanged && parentSheet(rule) === sheet && ruleText(rule) !== text) isChanged = true;
    });
    return isChanged;
  };

  /** What scripts did to the sheet of a link: the rules before and after those of its file, or all of them where those are not the file's any more. */
  const changed = (sheet) => {
    const of = sheet === null ? undefined : changesIn(changes, sheet);
    const isBlob = sheet !== null && isBlobUrl(hrefOf(sheet));
    if (of === undefined && !isBlob) return null;
    const rules = rulesOf(sheet);
    const count = ruleCount(rules);
    const text = (from, to) => {
      let joined = '';
      for (let i = from; i < to; i++) joined += `${i > from ? '\n' : ''}${css.textAs(rules[i])}`;
      return css.rebase(joined, hrefOf(sheet));
    };
    if (isBlob) return { __proto__: null, all: text(0, count) };
    let first = 0;
    while (first < count && has(of.inserted, rules[first])) first++;
    let last = count;
    while (last > first && has(of.inserted, rules[last - 1])) last--;
    let isWhole = !isRewritten(sheet, of);
    for (let i = first; i < last; i++) if (has(of.inserted, rules[i])) isWhole = false;
    return isWhole ? { __proto__: null, before: text(0, first), after: text(last, count) } : { __proto__: null, all: text(0, count) };
  };

  // Taken by capture.js, which runs next.
  globalThis.__fleetSheets = { begin, changed, adopted, isBlobUrl, registered: () => registered };
})();
