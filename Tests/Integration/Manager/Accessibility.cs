namespace Fleet.Tests.Manager;

/// <summary>Expressions that list faults of a page for users with low vision or a screen reader.</summary>
internal static class Accessibility
{
    /// <summary>Texts whose contrast with the colors behind them is less than 4.5, by the styles that apply.</summary>
    public const string LowContrast = """
        () => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = node => {
            for (let at = node; at; at = at.parentElement) {
              const color = rgba(getComputedStyle(at).backgroundColor);
              if (color[3] === 255) return color;
            }
            return rgba('Canvas');
          };
          const bad = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const { parentElement: node, data } = walker.currentNode;
            if (!data.trim() || /^(SCRIPT|STYLE|OPTION)$/.test(node.nodeName) || !node.checkVisibility({ contentVisibilityAuto: false }) || node.closest('dialog:not([open])')) continue;
            const [a, b] = [luminance(rgba(getComputedStyle(node).color)), luminance(behind(node))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) bad.push(`${ratio.toFixed(2)}: ${data.trim().slice(0, 40)} in ${node.nodeName}.${node.className}`);
          }
          return [...new Set(bad)];
        }
        """;

    /// <summary>Controls, pictures and charts without a name.</summary>
    public const string Unnamed = """
        () => [...document.querySelectorAll('button, a, input, select, summary, img, iframe, dialog, article, progress, [role=img], [role=region], [role=status]')]
          .filter(node => !(node.textContent.trim() && /^(BUTTON|A|SUMMARY|SPAN|P)$/.test(node.nodeName)) && !node.getAttribute('aria-label') && !node.getAttribute('aria-labelledby')
            && !node.title && !node.alt && ![...node.labels ?? []].some(label => label.textContent.trim()))
          .map(node => node.outerHTML.slice(0, 80))
        """;
}
