using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

/// <summary>Base of tests that start browser processes, in a folder of their own.</summary>
public abstract class BrowserProcessTestBase : IAsyncLifetime
{
    private readonly List<BrowserLoss> _losses = [];

    protected string Root { get; } = Path.Combine(Path.GetTempPath(), $"fleet-test-{Guid.NewGuid():N}");

    private protected TestSite Site { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected IReadOnlyList<BrowserLoss> Losses
    {
        get { lock (_losses) { return [.. _losses]; } }
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Root);
        Site = await TestSite.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task<string> ScriptAsync(string script, bool isExecutable)
    {
        var path = Path.Combine(Root, "script");
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n", Token);
        if (!OperatingSystem.IsWindows() && isExecutable)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private protected ChromiumBrowserAdapter NewAdapter(string? executable = null)
    {
        var options = BrowserFixture.Options;
        options.ProfileRoot = Root;
        options.ExecutablePath = executable;
        var adapter = BrowserFixture.NewAdapter(Site, options);
        adapter.OnLost = loss =>
        {
            lock (_losses)
            {
                _losses.Add(loss);
            }
        };
        return adapter;
    }

    private protected LinuxProcess Browser() => LinuxProcess.All().First(p => p.Arguments() is var a
        && a.Any(x => x.StartsWith($"--user-data-dir={Root}", StringComparison.Ordinal)) && !a.Any(x => x.StartsWith("--type=", StringComparison.Ordinal)));

    protected List<string> Leftovers() => [.. LinuxProcess.All().Select(p => string.Join(' ', p.Arguments())).Where(a => a.Contains(Root, StringComparison.Ordinal))];
}
