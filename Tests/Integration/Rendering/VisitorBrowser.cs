using System.Collections.Concurrent;
using Fleet.BrowserSetup;
using Fleet.Tests.Browser;
using Microsoft.Playwright;

namespace Fleet.Tests.Rendering;

/// <summary>A real browser that opens what was captured, as a visitor's does, with scripts or without, and sees whether hostile text runs: it calls <c>ran</c>.</summary>
public sealed class VisitorBrowser : IAsyncLifetime
{
    private const float Timeout = 30_000;

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

    /// <summary>Opens a URL, asks the page, and returns what it says with what ran in it.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="withScripts">Whether its scripts run.</param>
    /// <param name="script">Defines what the question needs.</param>
    /// <param name="question">An expression.</param>
    internal async Task<(T Said, IReadOnlyCollection<string> Ran)> OpenAsync<T>(Uri url, bool withScripts, string script, string question)
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

    /// <summary>Opens a URL and returns what an expression says of it, with a screenshot.</summary>
    internal async Task<(string Said, byte[] Pixels)> ShowAsync(Uri url, bool withScripts, string expression)
    {
        await using var context = await _browser.NewContextAsync(new() { JavaScriptEnabled = withScripts });
        context.SetDefaultTimeout(Timeout);
        var page = await context.NewPageAsync();
        await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        if (withScripts)
        {
            await page.WaitForTimeoutAsync(100);
        }

        var pixels = await page.ScreenshotAsync(new() { Caret = ScreenshotCaret.Hide, Animations = ScreenshotAnimations.Disabled });
        return (await page.EvaluateAsync<string>(expression), pixels);
    }

    /// <summary>The same of a text that a site serves.</summary>
    internal async Task<(T Said, IReadOnlyCollection<string> Ran)> OpenAsync<T>(TestSite site, string html, bool withScripts, string script, string question)
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
}
