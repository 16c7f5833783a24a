using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.Tests.Browser;
using Microsoft.Playwright;

namespace Fleet.Tests.Rendering;

/// <summary>A real browser that opens what was captured, as a visitor's does, with scripts or without, and detects whether hostile text runs: it calls <c>ran</c>.</summary>
public sealed class VisitorBrowser : IAsyncLifetime
{
    private const float Timeout = 30_000;

    // Counts a text in all that is shown, open shadow roots included, after each task that changes the document and in each frame; notes each change.
    private const string Counter = """
        globalThis.counts = [];
        globalThis.shown = (node) => [...node.childNodes].map((child) => child.nodeType === 3 ? child.data
          : child.nodeType !== 1 || /^(script|style|template|noscript|title)$/i.test(child.nodeName) ? '' : (child.shadowRoot ? shown(child.shadowRoot) : '') + shown(child)).join('');
        const look = () => {
          const now = document.body ? shown(document.body).split(TEXT).length - 1 : 0;
          if (counts.at(-1) !== now) counts.push(now);
        };
        const frame = () => { look(); requestAnimationFrame(frame); };
        new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
        requestAnimationFrame(frame);
        """;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserLocator.Locate(null),
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
    }

    /// <summary>Opens a URL, evaluates an expression, and returns its value with what ran in the page.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="withScripts">Whether its scripts run.</param>
    /// <param name="script">Script that defines what the expression needs.</param>
    /// <param name="question">An expression.</param>
    internal async Task<(T Result, IReadOnlyCollection<string> Ran)> OpenAsync<T>(Uri url, bool withScripts, string script, string question)
    {
        await using var context = await _browser.NewContextAsync(new() { JavaScriptEnabled = withScripts });
        context.SetDefaultTimeout(Timeout);
        var ran = new ConcurrentQueue<string>();
        if (withScripts)
        {
            await context.ExposeFunctionAsync("ran", (string? what) => ran.Enqueue(what ?? "something"));
        }

        var page = await context.NewPageAsync();
        page.Dialog += (_, dialog) => ran.Enqueue($"dialog {dialog.Message}");
        await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        if (withScripts)
        {
            // Events of the load are queued behind it.
            await page.EvaluateAsync("() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))");
        }

        await page.EvaluateAsync($"() => {{ {script} }}");
        return (await page.EvaluateAsync<T>(question), ran);
    }

    /// <summary>Opens a URL and returns the value of an expression, with a screenshot.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="withScripts">Whether its scripts run. Then it is scrolled through first.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="until">Text that the document has when it is complete.</param>
    /// <param name="prerendered">Whether to ask for the prerendered page, as a crawler does.</param>
    /// <param name="atRest">Whether to wait, for at most 5 s, until the document has not changed for 0.5 s: what an app hides after it has loaded is hidden then.</param>
    internal async Task<(string Result, byte[] Pixels)> ShowAsync(Uri url, bool withScripts, string expression, string until = "", bool prerendered = false, bool atRest = false)
    {
        await using var context = await _browser.NewContextAsync(new() { JavaScriptEnabled = withScripts, ExtraHTTPHeaders = prerendered ? [new("x-prerender", "1")] : null });
        context.SetDefaultTimeout(Timeout);
        var page = await context.NewPageAsync();
        await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        if (withScripts)
        {
            await page.WaitForTimeoutAsync(100);
            await page.EvaluateAsync("""
                async () => {
                  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
                  for (let top = 0; top < Math.min(document.documentElement.scrollHeight, 16384); top += innerHeight / 2) { scrollTo(0, top); await frame(); }
                  scrollTo(0, 0);
                  await frame();
                }
                """);
            await page.WaitForFunctionAsync(
                """
                (text) => {
                  const all = (root) => [...root.querySelectorAll(':not(script)')].map((e) => [...e.attributes, ...e.childNodes].map((n) => n.nodeValue ?? '').join() + (e.shadowRoot ? all(e.shadowRoot) : '')).join();
                  return all(document).includes(text);
                }
                """,
                until);
        }

        if (atRest)
        {
            await page.EvaluateAsync("""
                async () => {
                  const { documentElement: root } = document;
                  for (let i = 0, last; i < 10 && last !== root.outerHTML; i++) { last = root.outerHTML; await new Promise((resolve) => setTimeout(resolve, 500)); }
                }
                """);
        }

        var pixels = await ScreenshotAsync(page);
        return (await page.EvaluateAsync<string>(expression), pixels);
    }

    // On a busy machine the browser abandons a screenshot whose frame is late.
    private static async Task<byte[]> ScreenshotAsync(IPage page)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await page.ScreenshotAsync(new() { Caret = ScreenshotCaret.Hide, Animations = ScreenshotAnimations.Disabled });
            }
            catch (PlaywrightException e) when (attempt < 3 && e.Message.Contains("Unable to capture screenshot", StringComparison.Ordinal))
            {
                // It is taken again.
            }
        }
    }

    /// <summary>Opens a URL and watches how often it shows a text, from the first frame until the network is idle; then clicks a button.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="text">The text, which must appear.</param>
    /// <param name="prerendered">Whether to ask for the prerendered page: the one that all visitors get with <c>Pages:Visitors=prerendered</c>.</param>
    /// <param name="button">The text of a button, before and after the click.</param>
    internal async Task<Watched> WatchAsync(Uri url, string text, bool prerendered, (string Before, string After)? button)
    {
        await using var context = await _browser.NewContextAsync();
        context.SetDefaultTimeout(Timeout);
        await context.AddInitScriptAsync(Counter.Replace("TEXT", JsonSerializer.Serialize(text), StringComparison.Ordinal));
        await context.RouteAsync("**/*", route =>
            // Other origins may be unreachable from the test machine.
            new Uri(route.Request.Url).Authority != url.Authority ? route.FulfillAsync(new() { Status = 200 })
            : route.ContinueAsync(prerendered && route.Request.IsNavigationRequest ? new() { Headers = route.Request.Headers.Append(new("x-prerender", "1")) } : null));
        var page = await context.NewPageAsync();
        var errors = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Enqueue(error);
        await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        await page.WaitForFunctionAsync("() => counts.at(-1) > 0");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.EvaluateAsync("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
        var counts = await page.EvaluateAsync<int[]>("() => counts");
        var all = await page.EvaluateAsync<string>("() => shown(document.body).replace(/\\s+/g, ' ')");
        string? after = null;
        if (button is { } labels)
        {
            var locator = page.GetByText(labels.Before).First;
            await locator.ClickAsync();
            after = await page.GetByText(labels.After).CountAsync() > 0 ? labels.After : labels.Before;
        }

        return new(counts, all, [.. errors], await page.TitleAsync(), after);
    }

    /// <summary>The same of a text that a site serves.</summary>
    internal async Task<(T Result, IReadOnlyCollection<string> Ran)> OpenAsync<T>(TestSite site, string html, bool withScripts, string script, string question)
    {
        var path = $"/served-{Guid.NewGuid():N}";
        site.Page(path, html);
        return await OpenAsync<T>(site[path], withScripts, script, question);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>What the page showed to the visitor.</summary>
    /// <param name="Counts">How often the text was shown: first, and after each change.</param>
    /// <param name="Text">All text that was shown in the end.</param>
    /// <param name="Errors">Errors in the console, and exceptions.</param>
    /// <param name="Title">The title.</param>
    /// <param name="Button">The text of the button after the click; null without one.</param>
    internal sealed record Watched(IReadOnlyList<int> Counts, string Text, IReadOnlyList<string> Errors, string Title, string? Button)
    {
        public override string ToString() => $"shown {string.Join(", ", Counts)} times, button '{Button}', title '{Title}', errors: {string.Join(" | ", Errors)}";
    }
}
