// Random DOM trees with hostile text in them, and what must hold of a document that was written from such a tree and parsed again.
// Used in the page that is captured (`build`), and in the browser that parses what was captured (`check`, `dump`).
globalThis.hostileTrees = (() => {
  const HTML = 'http://www.w3.org/1999/xhtml';
  const SVG = 'http://www.w3.org/2000/svg';
  const MATHML = 'http://www.w3.org/1998/Math/MathML';
  const XLINK = 'http://www.w3.org/1999/xlink';

  const randomOf = (seed) => {
    let state = seed >>> 0;
    const next = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const below = (n) => Math.floor(next() * n);
    return { below, chance: (p) => next() < p, pick: (list) => list[below(list.length)] };
  };

  // Every payload carries data-evil: an element that has it was text.
  const payloads = [
    '<img src=x onerror=ran() data-evil>', '<script data-evil>ran()</script>', '<svg onload=ran() data-evil>', '<style onload=ran() data-evil></style>',
    '<iframe data-evil src=javascript:parent.ran()></iframe>', '<body onload=ran() data-evil>', '<frame data-evil src=javascript:parent.ran()>',
    '<b data-evil>', '<template data-evil>', '<input autofocus onfocus=ran() data-evil>', '<details open ontoggle=ran() data-evil>',
    '"onfocus=ran() autofocus tabindex=0 data-evil x="', "'onfocus=ran() autofocus data-evil x='", '\u2028<img src=x onerror=ran() data-evil>',
  ];
  const ends = `script style title textarea xmp iframe noscript noembed noframes template svg math select option table plaintext annotation-xml mtext
    foreignObject desc p div body html head a`.split(/\s+/).map((name) => `</${name}>`);
  const scraps = [
    '-->', '--!>', '<!--', '<!-->', '<!--->', '<![CDATA[', ']]>', '<script>', '<script ', '</script', '</style ', '</title/', '<plaintext>', '<svg>', '<math>', '<?marker name="a"?>',
    '<select>', '<style>', '<noscript>', '"', "'", '`', '>', '/>', '&lt;', '&', '&#60;', '&quot;', '&amp;', '\n', '\n\n', ' ', '\t', '\u00a0', '-', '--', '->', '!', '\\', '\\"',
    '/*', '*/', 'url(', ')', '{', '}', '@media ', ';', '//', '$&', 'word', 'a < b', 'x<y', '1 <2', 'é', '\ud83d\ude00', '\u0130',
  ];
  const text = (random, allowed = () => true) => {
    let made = '';
    for (let i = 0, n = 1 + random.below(6); i < n; i++) {
      const piece = random.chance(0.3) ? random.pick(payloads) : random.chance(0.4) ? random.pick(ends) : random.pick(scraps);
      if (allowed(made + piece)) made += piece;
    }
    return made;
  };

  const htmlNames = `div p span b i a nobr ul li dl dd dt table caption colgroup col tbody thead tr td th select option optgroup selectedcontent button form
    input textarea title style script noscript iframe noembed noframes xmp plaintext pre listing template image img isindex keygen br hr h1 h2 ruby rt
    details summary label object embed param video svg math mglyph malignmark html head body frameset frame base link meta font center marquee x-card
    section fieldset legend menu main foreignObject mi desc annotation-xml`.split(/\s+/);
  const svgNames = `svg g a path title desc foreignObject style script text use image template table p textarea xmp noscript iframe select td math
    foreignobject lineargradient font`.split(/\s+/);
  const mathNames = 'math mi mo mtext mrow annotation-xml annotation mglyph malignmark style script title svg semantics template p td'.split(/\s+/);
  const oddNames = ['a"b', 'a<b', "a'b", 'a=b', 'DIV', 'SCRIPT', 'IMG', 'IMAGE', 'Style', 'é', 'a:b', 'x-\u00e9', 'img\u00a0onerror'];
  const voids = new Set('area base br col embed frame hr img input keygen link meta param source track wbr'.split(' '));

  const create = (random, parent) => {
    const inherited = parent.namespaceURI ?? HTML;
    const namespace = random.chance(0.6) ? inherited : random.pick([HTML, HTML, HTML, SVG, MATHML, 'urn:x']);
    const name = random.chance(0.06) ? random.pick(oddNames) : random.pick(namespace === SVG ? svgNames : namespace === MATHML ? mathNames : htmlNames);
    // An image loads wherever it is, in a document that is not inert.
    const owner = parent.ownerDocument;
    if (namespace === HTML && inherited === HTML && random.chance(0.1)) return owner.createElementNS(SVG, 'svg');
    if (namespace === HTML && inherited === HTML && random.chance(0.05)) return owner.createElementNS(MATHML, 'math');
    return owner.createElementNS(namespace, name);
  };

  // Markup that would run in a live page must not become live; in a template, or in an unknown element, it may occur.
  const attribute = (random, element, isInert) => {
    const isHtml = element.namespaceURI === HTML;
    const set = (namespace, name, value) => {
      try {
        element.setAttributeNS(namespace, name, value);
      } catch {
        // Not a name, to this browser.
      }
    };
    switch (random.below(14)) {
      case 0: return set(null, random.pick(['a"b', 'a<b', "a'b", '"', '<', '@click', ':x', '[y]', '#z', '*if', 'é', 'a`b']), text(random));
      case 1: return set(null, random.pick(['ONERROR', 'onLoad', 'OnFocus', 'STYLE', 'HREF']), 'ran()');
      case 2: return set('urn:x', random.pick(['onerror', 'y:onload', 'src', 'href']), 'ran()');
      case 3: return isHtml ? set(null, 'xlink:href', text(random)) : set(random.pick([null, XLINK]), random.pick(['xlink:href', 'href', 'q:href']), '#' + text(random));
      case 4: return set(null, random.pick(['shadowrootmode', 'for', 'shadowrootclonable']), random.pick(['open', 'closed', 'a']));
      case 5: return set(null, 'encoding', random.pick(['text/html', 'TEXT/HTML', 'application/xhtml+xml', 'x']));
      case 6: return set(null, random.pick(['viewBox', 'viewbox', 'definitionURL', 'definitionurl', 'refX']), text(random));
      case 7: return isInert ? (set(null, 'src', 'x'), set(null, 'onerror', 'ran()'), set(null, 'onload', 'ran()')) : undefined;
      default: return set(null, random.pick(['id', 'class', 'title', 'data-x', 'alt', 'name', 'label']), text(random));
    }
  };

  const scriptText = (random) => `void ${JSON.stringify(text(random))} // ${text(random).replace(/[\n\r\u2028]/g, ' ')}`;
  const fill = (random, element, isInert) => {
    const name = element.localName.toLowerCase();
    if (name === 'script') {
      const type = random.pick(['application/json', 'application/ld+json', 'text/template', 'text/plain', 'importmap', 'x', '']);
      element.setAttribute('type', type === 'importmap' && !isInert ? 'speculationrules' : type);
      element.append(type === '' ? scriptText(random) : type.includes('/') && type.includes('json') ? JSON.stringify({ x: text(random) }) : text(random));
    } else if (name === 'image' && element.namespaceURI === HTML) {
      element.setAttribute('src', 'x');
      element.setAttribute('onerror', 'ran()');
    } else if (random.chance(0.7)) {
      element.append(text(random));
    }
  };

  /** Any tree at all below a node. */
  const anyTree = (random, root, budget, isInert, note) => {
    const nodes = [[root, isInert]];
    for (let i = 0; i < budget; i++) {
      const [parent, inert] = random.chance(0.5) ? nodes[nodes.length - 1] : random.pick(nodes);
      if (random.chance(0.15)) {
        parent.append(document.createComment(text(random)));
        continue;
      }
      if (random.chance(0.03)) {
        parent.append(document.createProcessingInstruction('marker', `name="a"`));
        continue;
      }
      const element = create(random, parent);
      note(element, inert);
      for (let a = random.below(3); a > 0; a--) attribute(random, element, inert);
      fill(random, element, inert);
      parent.append(element);
      const content = element.localName === 'template' && element.namespaceURI === HTML ? element.content : element;
      const isInside = inert || content !== element;
      nodes.push([content, isInside]);
      if (['x-card', 'div', 'section', 'p'].includes(element.localName) && element.namespaceURI === HTML && random.chance(0.2)) {
        nodes.push([element.attachShadow({ mode: random.pick(['open', 'closed']), serializable: random.chance(0.3), clonable: random.chance(0.3) }), inert]);
      }
      if (random.chance(0.4)) parent.append(text(random));
    }
  };

  const phrasing = 'span b i em strong code small sub sup mark q abbr label time kbd'.split(' ');
  const flow = 'div section article blockquote figure main details fieldset'.split(' ');

  /** A tree that HTML has text for, below a node: it comes back as it was. */
  const validTree = (random, root, depth, isFlow, note) => {
    const add = (parent, name, namespace = HTML) => {
      const element = document.createElementNS(namespace, name);
      note(element, false);
      for (let a = random.below(3); a > 0; a--) element.setAttribute(random.pick(['id', 'class', 'title', 'data-x', '@click', ':x', 'aria-label']), text(random));
      parent.append(element);
      return element;
    };
    for (let i = 0, n = 1 + random.below(4); i < n; i++) {
      if (random.chance(0.6)) root.append(text(random));
      const kind = random.below(isFlow && depth > 0 ? 24 : 14);
      if (depth > 0 && kind < 4) validTree(random, add(root, random.pick(phrasing)), depth - 1, false, note);
      else if (kind === 4) root.append(document.createComment(text(random)));
      else if (kind === 5) Object.assign(add(root, 'script'), { type: random.pick(['application/json', 'application/ld+json', 'speculationrules']), textContent: JSON.stringify({ x: text(random), y: [text(random)] }) });
      else if (kind === 6) Object.assign(add(root, 'script'), { type: 'text/template', textContent: text(random, (t) => !/script|<!--/i.test(t)) });
      else if (kind === 7) Object.assign(add(root, 'script'), { textContent: `(globalThis.said ??= []).push(${JSON.stringify(text(random))})` });
      else if (kind === 8) Object.assign(add(root, 'textarea'), { textContent: text(random) });
      else if (kind === 9) add(root, random.pick(['iframe', 'noscript', 'noembed'])).append(text(random));
      else if (kind === 10) {
        const svg = add(root, 'svg', SVG);
        svg.setAttribute('viewBox', '0 0 1 1');
        add(svg, 'title', SVG).append(text(random));
        add(svg, 'style', SVG).append(text(random));
        add(svg, 'use', SVG).setAttributeNS(XLINK, 'xlink:href', '#' + text(random));
        add(add(svg, 'g', SVG), 'text', SVG).append(text(random));
        add(svg, 'linearGradient', SVG).setAttribute('gradientUnits', text(random));
        if (depth > 0) validTree(random, add(svg, 'foreignObject', SVG), depth - 1, isFlow, note);
      } else if (kind === 11) {
        const math = add(root, 'math', MATHML);
        add(add(math, 'mrow', MATHML), 'mtext', MATHML).append(text(random));
        add(math, 'annotation', MATHML).append(text(random));
      } else if (kind === 12 || kind < 4) add(root, random.pick(['br', 'img', 'wbr', 'input']));
      else if (kind === 13) add(add(root, 'select'), 'option').append(text(random));
      else if (kind === 14) {
        const table = add(root, 'table');
        for (let r = random.below(3); r >= 0; r--) validTree(random, add(add(add(table, 'tbody'), 'tr'), 'td'), depth - 1, true, note);
      } else if (kind === 15) validTree(random, add(add(root, 'ul'), 'li'), depth - 1, true, note);
      else if (kind === 16) add(root, random.pick(['pre', 'listing', 'xmp'])).append(random.pick(['\n', '\n\n', '']) + text(random));
      else if (kind === 17) validTree(random, add(root, 'p'), depth - 1, false, note);
      else if (kind === 18) validTree(random, add(root, 'template').content, depth - 1, true, note);
      else if (kind === 19) validTree(random, add(root, 'x-card').attachShadow({ mode: 'open', delegatesFocus: random.chance(0.5) }), depth - 1, true, note);
      else if (kind === 20) add(root, 'style').append(`.a::after { content: ${JSON.stringify(text(random, (t) => !/[\\\n\t]/.test(t)))} } /* ${text(random)} */ @media (100px <width) { b { color: red } }`);
      else validTree(random, add(root, random.pick(flow)), depth - 1, true, note);
      if (random.chance(0.6)) root.append(text(random));
    }
  };

  const kept = (value) => value.replaceAll('\0', '\ufffd');
  const attributesOf = (element) => Object.fromEntries(Array.from(element.attributes, (a) => [`${a.namespaceURI ?? ''}|${a.localName}`, kept(a.value)]));

  /** Builds the trees of a seed in the document; returns what is to be known of them later. */
  const build = (seed, isValid, trees = isValid ? 6 : 12) => {
    const random = randomOf(seed);
    const elements = [];
    const note = (element, isInert) => {
      element.setAttribute('data-n', String(elements.length));
      elements.push([element, isInert]);
    };
    for (let i = 0; i < trees; i++) {
      const root = document.createElement('div');
      if (isValid) validTree(random, root, 5, true, note);
      else anyTree(random, root, 40, false, note);
      document.body.append(root);
    }
    if (!isValid) {
      let deep = document.body;
      for (let i = 0; i < 520; i++) deep = deep.appendChild(document.createElement('div'));
      deep = deep.appendChild(document.createElement('template'));
      note(deep, false);
      anyTree(random, deep.content, 20, true, note);
    }
    document.title = text(random);
    const last = document.createElement('p');
    last.id = 'last';
    last.textContent = 'last element';
    document.body.append(last);
    return {
      elements: elements.map(([element, isInert]) => ({ namespace: element.namespaceURI, name: element.localName, attributes: attributesOf(element), isInert })),
      dump: isValid ? dump(document) : null,
      title: document.title,
    };
  };

  const implied = new Set(['html', 'head', 'body', 'tbody', 'tr', 'colgroup', 'meta', 'title']);
  const overridden = new Set(['|selected', '|checked', '|value']);

  /** What is wrong with a document that was parsed from what was written of these trees: empty when it has nothing that they did not have. */
  const check = (parsed, { elements, title }) => {
    const problems = [];
    const visit = (node, isInert) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 1) look(child, isInert);
      }
    };
    const look = (element, isInert) => {
      const n = element.getAttribute('data-n');
      const say = (what) => problems.push(`${what}: ${(element.outerHTML ?? element.localName).slice(0, 200)}`);
      if (element.hasAttribute('data-evil')) say('text became an element');
      if (n !== null) {
        const source = elements[n];
        const name = source.name === 'xmp' || source.name === 'plaintext' ? [source.name, 'pre'] : [source.name];
        if (element.namespaceURI !== source.namespace || !name.includes(element.localName)) say(`was ${source.name} of ${source.namespace}`);
        if (source.isInert && !isInert) say('was inert');
        for (const [key, value] of Object.entries(attributesOf(element))) {
          if (source.attributes[key] !== value && !overridden.has(key)) say(`attribute ${key} was ${source.attributes[key]}`);
        }
      } else if (!implied.has(element.localName) && element.id !== 'last' && element.attributes.length > 0) {
        say('was not there');
      }
      visit(element, isInert);
      if (element.content instanceof DocumentFragment || element.content?.nodeType === 11) visit(element.content, true);
      if (element.shadowRoot) visit(element.shadowRoot, isInert);
    };
    look(parsed.documentElement, false);
    const last = parsed.querySelectorAll('#last');
    if (last.length !== 1 || last[0].textContent !== 'last element') problems.push('the last element is gone');
    if (parsed.title !== title) problems.push(`the title was ${title}, it is ${parsed.title}`);
    return problems;
  };

  const rulesOf = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return Array.from(sheet.cssRules, (rule) => rule.cssText).join('\n');
  };

  /** The tree as text. Left out is what the capture leaves out. */
  const dump = (parsed) => {
    const lines = [];
    const visit = (parent, indent) => {
      let words = '';
      const flush = () => {
        if (words !== '') lines.push(`${indent}${JSON.stringify(words)}`);
        words = '';
      };
      for (const node of parent.childNodes) {
        if (node.nodeType === 3) words += node.data;
        if (node.nodeType === 8) (flush(), lines.push(`${indent}<!--${node.data.replaceAll(' ', '')}-->`));
        if (node.nodeType === 1) (flush(), look(node, indent));
      }
      flush();
    };
    const look = (element, indent) => {
      const name = element.localName === 'xmp' ? 'pre' : element.localName;
      lines.push(`${indent}<${element.namespaceURI.split('/').pop()}:${name} ${JSON.stringify(Object.entries(attributesOf(element)).filter(([key]) => !overridden.has(key)).sort())}>`);
      const inner = `${indent} `;
      const isData = element.type === 'speculationrules' || element.type?.includes?.('json');
      if (name === 'script' && isData) lines.push(inner + JSON.stringify(JSON.parse(element.textContent)));
      else if (name === 'script' && !element.type) lines.push(inner + JSON.stringify(new Function(`const said = []; globalThis.said = said; ${element.textContent}; return said`)()));
      else if (name === 'style' && element.namespaceURI === HTML) lines.push(inner + rulesOf(element.textContent));
      else if (!['iframe', 'noscript', 'noembed', 'noframes'].includes(name)) visit(name === 'template' ? element.content : element, inner);
      if (element.shadowRoot) (lines.push(`${inner}#shadow ${element.shadowRoot.mode} ${element.shadowRoot.delegatesFocus}`), visit(element.shadowRoot, inner));
    };
    look(parsed.body, '');
    return lines.join('\n');
  };

  return { build, check, dump };
})();
