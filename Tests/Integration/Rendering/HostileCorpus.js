// Text and trees that have caused script execution, or could: what a page builds (`make`), and what must hold in the document that was written
// from that page and parsed again (`holds`). Each has its own section, which must end where it ended in the page.
globalThis.hostileCorpus = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const MATHML = 'http://www.w3.org/1998/Math/MathML';
  const create = (name, text = '', namespace = 'http://www.w3.org/1999/xhtml') => {
    const element = document.createElementNS(namespace, name);
    if (text !== '') element.append(text);
    return element;
  };
  /** Elements inside each other, the last one with a text. */
  const nest = (root, ...path) => {
    for (const step of path) {
      const next = typeof step === 'string' ? document.createTextNode(step) : step;
      root.append(next);
      root = next.content ?? next;
    }
    return root;
  };
  const html = (name) => create(name);
  const svg = (name) => create(name, '', SVG);
  const math = (name, attributes = {}) => {
    const element = create(name, '', MATHML);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const evilElement = (owner) => {
    const image = owner.createElement('img');
    image.setAttribute('src', 'x');
    image.setAttribute('onerror', "ran('inert')");
    return image;
  };
  const data = (type, value) => ({
    make: (root, evil) => root.append(Object.assign(create('script', JSON.stringify(value(evil))), { type })),
    holds: (root, evil) => root.querySelector('script').textContent.length > 0 && JSON.stringify(JSON.parse(root.querySelector('script').textContent)) === JSON.stringify(value(evil)),
  });
  const program = (value) => ({
    make: (root, evil) => root.append(create('script', `globalThis.said = ${JSON.stringify(value(evil))};`)),
    holds: (root, evil) => new Function(`const globalThis = {}; ${root.querySelector('script').textContent}; return globalThis.said`)() === value(evil),
  });
  const comment = (value) => ({
    make: (root, evil) => root.append(document.createComment(value(evil))),
    holds: (root, evil) => root.firstChild.nodeType === 8 && root.firstChild.data.replaceAll(' ', '') === value(evil).replaceAll(' ', '') && root.childNodes.length === 2,
  });
  const hidden = (name) => ({
    make: (root, evil) => root.append(create(name, `</${name}>${evil}`)),
    holds: (root) => root.querySelector(name).childNodes.length === 0,
  });
  const shown = (name, value, as = name) => ({
    make: (root, evil) => root.append(create(name, value(evil))),
    holds: (root, evil) => root.querySelector(as).textContent === value(evil),
  });
  const rulesOf = (sheet) => Array.from(sheet.cssRules, (rule) => rule.cssText).join('');
  const meaning = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return rulesOf(sheet);
  };
  const style = (value) => ({
    make: (root, evil) => root.append(create('style', value(evil))),
    holds: (root, evil) => meaning(value(evil)) !== '' && rulesOf(root.querySelector('style').sheet) === meaning(value(evil)),
  });
  const gone = (make) => ({ make, holds: () => true });
  const inert = (make) => ({ make, holds: (root) => root.querySelector('img') === null });

  const rows = {
    'json-ld': data('application/ld+json', (evil) => ({ reviewBody: `Great </script>${evil} phone` })),
    'json': data('application/json', (evil) => ({ a: [`<!--<script>${evil}`, '\\</script>', '\\\\</SCRIPT\t>'] })),
    'json with parameters': data(' Application/JSON; charset=utf-8', (evil) => `</script>${evil}`),
    'speculation rules': data('speculationrules', (evil) => ({ tag: 'x', prefetch: [], note: `</script >${evil}` })),
    'script template': {
      make: (root, evil) => root.append(Object.assign(create('script', `<b>{{x}}</b></script>${evil}`), { type: 'text/x-template' })),
      holds: (root, evil) => root.querySelector('script').textContent === `<b>{{x}}</b>\\x3C/script>${evil}`,
    },
    'script template without an end tag': {
      make: (root, evil) => root.append(Object.assign(create('script', `<!-- ${evil} --><scripts>a & b</scripts>`), { type: 'text/x-template' })),
      holds: (root, evil) => root.querySelector('script').textContent === `<!-- ${evil} --><scripts>a & b</scripts>`,
    },
    'program': program((evil) => `a</script>${evil}`),
    'program with a comment': program((evil) => `<!-- <script>${evil}</script >`),
    'program that ends in the middle': program((evil) => `${evil}</script/<!--<script`),
    'program with escapes': {
      make: (root, evil) => root.append(create('script', `globalThis.said = "\\</script>\\\\</script>${evil}";`)),
      holds: (root, evil) => new Function(`const globalThis = {}; ${root.querySelector('script').textContent}; return globalThis.said`)() === `</script>\\</script>${evil}`,
    },
    'program in a drawing': {
      make: (root, evil) => nest(root, svg('svg'), svg('script'), `globalThis.drawn = ${JSON.stringify(`</script></svg>${evil}`)}`),
      holds: (root, evil) => root.querySelector('script').textContent.includes('</script></svg>') && root.querySelector('script').namespaceURI === SVG,
    },
    'style string': style((evil) => `.a::after { content: "</style>${evil}"; }`),
    'style comment': style((evil) => `/* </style>${evil} */ b { color: red; }`),
    'style comment that does not end': style((evil) => `b { color: red; } /* </style>${evil}`),
    'style selector': style((evil) => `[title="</style>${evil}"] { color: red; }`),
    'style address': style((evil) => `b { background: url(</style>${evil.replaceAll(/[ '()]/g, '')}); } i { background: url("</style>${evil}"); }`),
    'style escapes': style(() => '.\\<b { color: red; } .b::after { content: "\\"</style>\\\\"; } .c::after { content: "\\\n</style"; }'),
    'style ranges': style(() => '@media (100px <width) { b { color: red; } } @media (width<calc(1px + 900px)) { i { color: red; } }'),
    'style property': style((evil) => `@property --a { syntax: "<length>"; inherits: false; initial-value: 0px; } b { content: "</style>${evil}"; }`),
    'style hidden from old browsers': style(() => '<!-- b { color: red; } -->'),
    'style outside of strings': style((evil) => `b { color: red; } </style>${evil} { } i { color: red; }`),
    'style in a drawing': {
      make: (root, evil) => nest(root, svg('svg'), svg('style'), `.a::after { content: "</style></svg>${evil}" }`),
      holds: (root, evil) => root.querySelector('style').textContent === `.a::after { content: "</style></svg>${evil}" }`,
    },
    'comment': comment((evil) => `-->${evil}<!--`),
    'comment with a bang': comment((evil) => `--!>${evil}`),
    'comment that begins as it ends': comment((evil) => `>${evil}`),
    'comment that begins with a dash': comment((evil) => `->${evil}`),
    'comment in a comment': comment((evil) => `<!-->${evil}`),
    'comment with many dashes': comment((evil) => `---->${evil}---!>${evil}`),
    'comment that ends with a dash': comment(() => 'a-'),
    'comment that ends with a bang': comment(() => 'a--!'),
    'comment that opens one at its end': comment(() => '<!-'),
    'comment of a dash': comment(() => '-'),
    'comment of nothing': comment(() => ''),
    'iframe': hidden('iframe'),
    'noscript': hidden('noscript'),
    'noembed': hidden('noembed'),
    'noframes': hidden('noframes'),
    'noscript with elements': {
      make: (root, evil) => nest(root, html('noscript'), Object.assign(html('p'), { title: `</noscript>${evil}` })),
      holds: (root) => root.querySelector('noscript').childNodes.length === 0,
    },
    'xmp': shown('xmp', (evil) => `\n</xmp>${evil} & &lt;`, 'pre'),
    'xmp without markup': shown('xmp', () => 'a & &lt; b'),
    'plaintext': shown('plaintext', (evil) => `\n</plaintext>${evil}`, 'pre'),
    'textarea': shown('textarea', (evil) => `\n</textarea>${evil}`),
    'title': shown('title', (evil) => `</title>${evil} &lt;`),
    'paragraph': shown('p', (evil) => `Great </script>${evil} \u00a0 & &amp; \r\n phone`),
    'pre': shown('pre', () => '\n\ntwo empty lines before'),
    'listing': shown('listing', (evil) => `\n${evil}`),
    'pre with a comment': {
      make: (root) => nest(root, html('pre')).append(document.createComment(''), '\na'),
      holds: (root) => root.querySelector('pre').textContent === '\na',
    },
    'textarea with a value': {
      make: (root, evil) => { nest(root, html('textarea')).value = `\n</textarea>${evil}`; },
      holds: (root, evil) => root.querySelector('textarea').defaultValue === `\n</textarea>${evil}`,
    },
    'input with a value': {
      make: (root, evil) => { nest(root, html('input')).value = `">${evil}`; },
      holds: (root, evil) => root.querySelector('input').defaultValue === `">${evil}`,
    },
    'attribute': {
      make: (root, evil) => nest(root, Object.assign(html('p'), { title: `"'>\r\u00a0${evil}` })),
      holds: (root, evil) => root.querySelector('p').title === `"'>\r\u00a0${evil}`,
    },
    'attribute names': {
      make: (root, evil) => {
        const p = nest(root, html('p'));
        for (const name of ['a"b', "a'b", 'a<b', '<img', '"', '`', '@click', ':x', '[y]']) try { p.setAttribute(name, `>${evil}`); } catch { /* no name to this browser */ }
      },
      holds: (root) => ['@click', ':x', '[y]'].every((name) => root.querySelector('p').hasAttribute(name)) && root.querySelector('p').attributes.length === 3,
    },
    'element names': {
      make: (root, evil) => {
        for (const name of ['a"b', 'a<img', "a'onerror=ran()"]) try { root.append(create(name, evil)); } catch { /* no name to this browser */ }
      },
      holds: (root, evil) => root.textContent.startsWith(evil),
    },
    'handler of another namespace': {
      make: (root) => { const image = nest(root, html('img')); image.setAttributeNS('urn:x', 'onerror', "ran('namespace')"); image.src = 'x'; },
      holds: (root) => root.querySelector('img').attributes.length === 1,
    },
    'handler in capitals': {
      make: (root) => { const image = nest(root, html('img')); image.setAttributeNS(null, 'ONERROR', "ran('capitals')"); image.src = 'x'; },
      holds: (root) => root.querySelector('img').attributes.length === 1,
    },
    'handler in a drawing, in capitals': {
      make: (root) => nest(root, svg('svg')).setAttribute('onLoad', "ran('drawing')"),
      holds: (root) => root.querySelector('svg').attributes.length === 0,
    },
    'names in a drawing': {
      make: (root) => {
        const drawing = nest(root, svg('svg'));
        drawing.setAttribute('viewBox', '0 0 1 1');
        nest(drawing, svg('use')).setAttributeNS('http://www.w3.org/1999/xlink', 'href', '#a');
        nest(drawing, svg('linearGradient')).setAttribute('gradientUnits', 'userSpaceOnUse');
        nest(drawing, svg('foreignobject'), html('b'));
      },
      holds: (root) => root.querySelector('svg').hasAttribute('viewBox') && root.querySelector('use').href.baseVal === '#a'
        && root.querySelector('linearGradient').hasAttribute('gradientUnits') && root.querySelector('svg').children.length === 2,
    },
    'element that the parser takes for an image': inert((root) => { const image = nest(root, html('image')); image.setAttribute('src', 'x'); image.setAttribute('onerror', "ran('image')"); }),
    'elements in capitals': inert((root) => {
      const image = nest(root, create('IMG'));
      image.setAttribute('src', 'x');
      image.setAttribute('onerror', "ran('IMG')");
      root.append(create('SCRIPT', "ran('SCRIPT')"));
    }),
    'drawing that is none': gone((root, evil) => nest(root, html('svg'), html('style'), `</style>${evil}`)),
    'style of HTML in a drawing': gone((root, evil) => nest(root, svg('svg'), html('style'), `${evil}</style>${evil}`)),
    'script of HTML in a drawing': gone((root, evil) => nest(root, svg('svg'), html('script'), `void ${JSON.stringify(evil)}`)),
    'paragraph and style in a drawing': gone((root, evil) => nest(root, svg('svg'), html('p'), html('style'), `<!--</style>${evil}-->`)),
    'style in a description': gone((root, evil) => nest(root, svg('svg'), svg('desc'), html('style'), `${evil}</style>${evil}`)),
    'style in a title': gone((root, evil) => nest(root, svg('svg'), svg('title'), html('style'), `<!--</style>${evil}-->`)),
    'style in a foreign object': gone((root, evil) => nest(root, svg('svg'), svg('foreignObject'), html('style'), `</style>${evil}`)),
    'style in a formula': gone((root, evil) => nest(root, math('math'), math('mtext'), html('table'), html('mglyph'), html('style'), `<!--</style>${evil}-->`)),
    'program in a glyph': gone((root, evil) => nest(root, math('math'), math('mtext'), html('mglyph'), html('script'), `void ${JSON.stringify(evil)}`)),
    'forms in a formula': gone((root, evil) => nest(root, math('math'), math('mtext'), html('form'), html('form'), html('mglyph'), html('style'), `</math>${evil}`)),
    'annotation of HTML': gone((root, evil) => nest(root, math('math'), math('annotation-xml', { encoding: 'Text/HTML' }), html('style'), `</style>${evil}<!--`)),
    'annotation of something else': gone((root, evil) => nest(root, math('math'), math('annotation-xml', { encoding: 'text/htm' }), html('style'), `${evil}</style>`)),
    'drawing in an annotation': gone((root, evil) => nest(root, math('math'), math('annotation-xml'), math('svg'), math('style'), `${evil}</style>`)),
    'cell in a foreign object in a cell': gone((root, evil) => nest(root, html('table'), html('tbody'), html('tr'), html('td'), svg('svg'), svg('foreignObject'), html('td'), svg('svg'), svg('style'), `</style>${evil}`)),
    'table in a paragraph in a table': gone((root, evil) => nest(root, html('table'), html('p'), html('table'), html('style'), `</style>${evil}`)),
    'style in a select': gone((root, evil) => nest(root, html('select'), html('style'), `<input>${evil}</style></select>${evil}`)),
    'template': inert((root) => { const content = nest(root, html('template')); content.append(evilElement(content.ownerDocument)); }),
    'template in a drawing': inert((root) => nest(root, svg('svg'), html('template')).append(evilElement(document.implementation.createHTMLDocument()))),
    // A cell in a cell leaves the drawing early; the end tag of its template would then end the other one.
    'drawn template': inert((root) => {
      const content = nest(root, html('template'));
      nest(content, html('table'), html('tbody'), html('tr'), html('td'), svg('svg'), svg('template'), svg('foreignObject'), html('td'), 'x');
      content.append(evilElement(content.ownerDocument));
    }),
    'deep template': {
      make: (root) => {
        let deep = root;
        for (let i = 0; i < 520; i++) deep = deep.appendChild(html('div'));
        const content = nest(deep, html('template'));
        content.append(evilElement(content.ownerDocument));
      },
      holds: (root) => document.querySelector('img[onerror]') === null,
    },
    'template that asks to be a shadow root': inert((root) => {
      const template = html('template');
      template.setAttribute('shadowrootmode', 'open');
      template.setAttribute('shadowrootclonable', '');
      template.content.append(evilElement(template.content.ownerDocument));
      nest(root, html('div'), template);
    }),
    'template that asks to be put elsewhere': inert((root) => {
      const template = html('template');
      template.setAttribute('for', 'place');
      template.content.append(evilElement(template.content.ownerDocument));
      root.append(create('div', '<?marker name="place"?>'), document.createProcessingInstruction('marker', 'name="place"'), template);
    }),
    'processing instruction': gone((root, evil) => root.append(document.createProcessingInstruction('x', `>${evil}`))),
    'shadow roots': {
      make: (root, evil) => {
        for (const mode of ['open', 'closed']) {
          const shadow = nest(root, html('x-card')).attachShadow({ mode, delegatesFocus: true });
          shadow.append(create('style', `b::after { content: "</style></template>${evil}" }`), document.createComment(`--></template>${evil}`), create('b', `</template>${evil}`));
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`i::after { content: "</style></template>${evil}"; }`);
          shadow.adoptedStyleSheets = [sheet];
        }
      },
      holds: (root, evil) => {
        const shadow = root.querySelector('x-card').shadowRoot;
        return shadow.delegatesFocus && shadow.querySelector('b').textContent === `</template>${evil}`
          && shadow.querySelectorAll('style')[1].sheet.cssRules[0].cssText === `i::after { content: "</style></template>${evil}"; }`;
      },
    },
    'rule that was inserted': {
      make: (root, evil) => nest(root, html('style')).sheet.insertRule(`b::after { content: "</style>${evil}"; }`),
      holds: (root, evil) => root.querySelector('style').sheet.cssRules[0].cssText === `b::after { content: "</style>${evil}"; }`,
    },
    'controls named as what a serializer reads': {
      make: (root, evil) => {
        const form = nest(root, html('form'));
        for (const name of ['attributes', 'childNodes', 'firstChild', 'nextSibling', 'nodeType', 'localName', 'namespaceURI', 'getAttributeNames', 'shadowRoot', 'content']) {
          form.append(Object.assign(html('input'), { name }));
        }
        form.append(evil);
      },
      holds: (root, evil) => root.querySelector('form').textContent === evil && root.querySelectorAll('form > input').length === 10,
    },
    'control characters': {
      make: (root, evil) => root.append(create('p', `\0${evil}\f\v\u001b\u2028\ufeff`)),
      holds: (root, evil) => root.querySelector('p').textContent.includes(evil),
    },
  };

  const evilOf = (name) => `<img src=x onerror=ran('${name.replaceAll(' ', '-')}')>`;
  const idOf = (name) => name.replaceAll(/\W/g, '-');
  return {
    build() {
      for (const [name, { make }] of Object.entries(rows)) {
        const section = Object.assign(create('section'), { id: idOf(name) });
        document.body.append(section);
        make(section, evilOf(name));
        section.append(Object.assign(create('p', 'end'), { className: 'end' }));
      }
    },
    /** The names of those that are not what they were. */
    broken: () => Object.entries(rows).filter(([name, { holds }]) => {
      try {
        const section = document.getElementById(idOf(name));
        return section.parentNode !== document.body || section.lastElementChild.className !== 'end' || section.querySelector('[onerror]') !== null || !holds(section, evilOf(name));
      } catch {
        return true;
      }
    }).map(([name]) => name),
  };
})();
