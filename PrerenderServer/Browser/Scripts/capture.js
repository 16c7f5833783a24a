((maxLength) => {
  const roots = globalThis.__fleetShadowRoots?.() ?? [];
  const scopes = [document, ...roots];
  const undo = [];

  // Values that users, or scripts, put into forms live in properties; HTML has only attributes.
  const keep = (element, name, value) => {
    const before = element.getAttribute(name);
    if (before === value) return;
    undo.push(() => (before === null ? element.removeAttribute(name) : element.setAttribute(name, before)));
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  };
  for (const scope of scopes) {
    for (const input of scope.querySelectorAll('input')) {
      if (input.type === 'password' || input.type === 'file') continue;
      if (input.type === 'checkbox' || input.type === 'radio') keep(input, 'checked', input.checked ? '' : null);
      else if (input.value !== input.defaultValue) keep(input, 'value', input.value);
    }
    for (const option of scope.querySelectorAll('option')) keep(option, 'selected', option.selected ? '' : null);
    for (const area of scope.querySelectorAll('textarea')) {
      if (area.value === area.defaultValue) continue;
      const before = area.defaultValue;
      const value = area.value;
      undo.push(() => { area.defaultValue = before; area.value = value; });
      area.defaultValue = value;
    }
  }

  // Rules that were inserted by script exist in no text; neither do adopted sheets.
  const textOf = (sheet) => {
    try {
      return Array.from(sheet.cssRules, (rule) => rule.cssText).join('\n');
    } catch {
      return null; // a sheet of another origin: its link stays
    }
  };
  const closesElement = /<\/style/i;
  for (const scope of scopes) {
    for (const style of scope.querySelectorAll('style')) {
      const rules = style.sheet && textOf(style.sheet);
      if (!rules || closesElement.test(rules)) continue;
      const parsed = new CSSStyleSheet();
      parsed.replaceSync(style.textContent);
      if (textOf(parsed) === rules) continue;
      const before = style.textContent;
      undo.push(() => { style.textContent = before; });
      style.textContent = rules;
    }
    const adopted = scope.adoptedStyleSheets.map(textOf).filter((rules) => rules && !closesElement.test(rules)).join('\n');
    if (adopted) {
      const style = document.createElement('style');
      style.textContent = adopted;
      (scope === document ? document.head ?? document.documentElement : scope).append(style);
      undo.push(() => style.remove());
    }
  }

  const doctype = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const root = document.documentElement;
  const attributes = Array.from(root.attributes, (a) => ` ${a.name}="${a.value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`).join('');
  const inner = root.getHTML({ serializableShadowRoots: true, shadowRoots: roots });
  for (const step of undo.reverse()) step();

  if (inner.length > maxLength) return JSON.stringify({ tooLarge: inner.length });

  const metas = (name) => Array.from(document.querySelectorAll(`meta[name="${name}" i]`), (meta) => meta.content);
  return JSON.stringify({
    url: location.href,
    html: `${doctype}${doctype ? '\n' : ''}<html${attributes}>${inner}</html>`,
    statusCode: metas('prerender-status-code')[0] ?? null,
    headers: metas('prerender-header'),
    read: performance.getEntriesByType('resource')
      .filter((entry) => entry.initiatorType === 'fetch' || entry.initiatorType === 'xmlhttprequest')
      .map((entry) => entry.name),
  });
})
