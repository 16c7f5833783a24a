using System.Collections.Concurrent;
using Fleet.BrowserSetup;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>A real browser that opens pages for operators and collects the errors in their consoles.</summary>
public sealed class OperatorBrowser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>Errors in the consoles of all pages, and exceptions.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserLocator.Locate(null), ChromiumSandbox = !Environment.IsPrivilegedProcess });
    }

    public async Task<IPage> OpenAsync(string url, int width = 1280, int height = 900, bool dark = false)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Errors.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => Errors.Enqueue(error);
        await page.GotoAsync(url);
        return page;
    }

    public async Task CloseAllAsync()
    {
        foreach (var context in _browser.Contexts.ToList())
        {
            await context.CloseAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
