namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>Describes what a browser shows of a page, as text.</summary>
internal static class LivePage
{
    /// <summary>An expression that describes what is rendered: for every element of the composed tree its name, its box, its text and the styles that the pages set; of the
    /// head what search engines read; and how many elements were text.</summary>
    public const string Describe = """
        (() => {
          const lines = [];
          // An image that only the page had has its data in the document.
          const plain = (text) => text.replace(/\b(blob|data):[^"') ]*/g, 'data');
          // What a style attribute sets may be what an animation sets. An image of a page that has moved since is still the one that was read.
          const value = (node, name, style) => plain(name === 'style' ? [...node.style].sort().map((n) => `${n}: ${style.getPropertyValue(n)}`).join('; ')
            : name === 'src' && node.currentSrc || node.getAttribute(name));
          const walk = (node, depth) => {
            if (['script', 'style', 'link', 'head', 'template'].includes(node.localName)) return;
            // These show nothing where scripts run, so their content is omitted. A pre element shows the text of xmp.
            if (['NOSCRIPT', 'NOEMBED'].includes(node.tagName)) return;
            const s = getComputedStyle(node), b = node.getBoundingClientRect();
            const names = node.getAttributeNames().filter((n) => !['value', 'checked', 'selected'].includes(n)).sort();
            lines.push(`${' '.repeat(depth)}${node.localName === 'xmp' ? 'pre' : node.localName} ${names.map((n) => `${n}=${value(node, n, s)}`)} ${[b.x, b.y, b.width, b.height].map((n) => n.toFixed(1))} ${s.color} ${s.backgroundColor} ${plain(s.backgroundImage)} ${s.fontSize} ${s.fontWeight} ${s.textIndent} ${s.margin} ${s.padding} ${s.borderTopWidth} ${s.borderLeftWidth} ${node.value ?? ''} ${node.checked ?? ''} ${node.selected ?? ''}`);
            if (['textarea', 'iframe'].includes(node.localName)) return; // the default of the one, whose value is above; of the other, text that is never shown
            if (node.shadowRoot) within(node.shadowRoot, depth + 1);
            within(node, depth + 1);
          };
          // HTML has no text for two text nodes in a row, so they are one here.
          const within = (parent, depth) => {
            let text = '';
            const flush = () => {
              if (text.trim()) lines.push(' '.repeat(depth) + JSON.stringify(text));
              text = '';
            };
            for (const child of parent.childNodes) {
              if (child.nodeType === 3) text += child.data;
              if (child.nodeType !== 1) continue;
              flush();
              walk(child, depth);
            }
            flush();
          };
          lines.push(document.title, document.baseURI.replace(/#.*/, ''), document.compatMode);
          // A policy names the styles that scripts have set.
          for (const meta of document.head.querySelectorAll('meta')) lines.push(meta.outerHTML.replace(/style-src-(elem|attr)[^;]* 'sha256-[^;]*; /g, ''));
          const count = (node) => node.querySelectorAll('[data-evil]').length + [...node.querySelectorAll('template')].reduce((sum, each) => sum + count(each.content), 0);
          lines.push(`${count(document)} elements that were text`);
          walk(document.body, 0);
          return lines.join('\n');
        })()
        """;
}
