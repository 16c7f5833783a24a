using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Connections;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.ServiceDefaults.Signatures;

namespace Fleet.PrerenderServer.Browser;

/// <summary>Implements the browser operations with one Chromium per generation, driven over its debugging pipe, and one context with one page per slot.</summary>
internal sealed partial class ChromiumBrowserAdapter(
    BrowserOptions options, string executable, Uri host, IReadOnlyList<string> origins, BrowserRoute? route, TimeProvider time, ILogger<ChromiumBrowserAdapter> logger)
    : IBrowserAdapter
{
    /// <summary>Number of attempts to kill the processes when the server stops.</summary>
    private const int KillAttempts = 3;

    private readonly ConcurrentDictionary<int, BrowserProcess> _processes = new();
    private readonly ConcurrentDictionary<long, BrowserSlot> _slots = new();
    private readonly ProfileFolders _profiles = new(options.ProfileRoot, logger);
    private readonly BrowserPageSettings _settings = new(host, options.BootTimeout, options.CallTimeout, options.ProbeTimeout, options.ViewportWidth, options.ViewportHeight, time) { Origins = origins, Limits = new(options.MaxPageEvents, options.MaxPageEventMb * 1_000_000L, options.MaxPageWorkers, options.MaxStorageMb * 1_000_000L) };
    private readonly SemaphoreSlim _reaping = new(1, 1);
    private bool _reaped;

    /// <summary>Signs requests of documents of other origins than the host's; null to sign none.</summary>
    public MessageSigner? Signer { init => _settings = _settings with { Signer = value }; }

    public Action<BrowserLoss> OnLost { private get; set; } = static _ => { };

    public string? LastFailure { get; private set; }

    public string? Product { get; private set; }

    /// <summary>The folder of this server's profiles.</summary>
    public string ProfileFolder => _profiles.Instance;

    public async Task LaunchAsync(int generation, CancellationToken cancellationToken)
    {
        await ReapOnceAsync(cancellationToken);
        var process = new BrowserProcess(generation, _profiles, options, time, logger);
        if (!_processes.TryAdd(generation, process))
        {
            throw new InvalidOperationException($"Browser generation {generation} was already launched.");
        }

        try
        {
            await process.LaunchAsync(executable, origins, route, $"{FleetHeaders.UserAgentProduct}/1.0",
                () => OnLost(new(generation, null, "the browser process ended")), cancellationToken);
            Product = process.Product;
        }
        catch (Exception e)
        {
            LastFailure = e.Message;
            await TryKillAsync(generation, CancellationToken.None);
            throw;
        }
    }

    public Task<IBrowserPage> CreateAsync(long slot, int generation, CancellationToken cancellationToken) => CreateAsync(slot, generation, boots: true, cancellationToken);

    public Task<IBrowserPage> CreateEmptyAsync(long slot, int generation, CancellationToken cancellationToken) => CreateAsync(slot, generation, boots: false, cancellationToken);

    private async Task<IBrowserPage> CreateAsync(long slot, int generation, bool boots, CancellationToken cancellationToken)
    {
        var process = _processes.GetValueOrDefault(generation) ?? throw new BrowserException($"Browser generation {generation} is gone.");
        var created = new BrowserSlot(slot, generation, process, CdpContext.CreateAsync(process.Connection, process.UserAgent, options.CallTimeout));
        _slots[slot] = created;
        var context = await created.Context.Within("create a context", options.CallTimeout, time, cancellationToken);
        await context.DenyDownloadsAsync(options.CallTimeout, cancellationToken);
        return await OpenAsync(created, boots, cancellationToken);
    }

    public async Task<IBrowserPage> ReplacePageAsync(long slot, CancellationToken cancellationToken)
    {
        var target = _slots.GetValueOrDefault(slot) ?? throw new BrowserException($"Slot {slot} is gone.");
        var old = target.Page;
        // Open the new page first, so that the context, and with it the HTTP cache, always has a page.
        var page = await OpenAsync(target, boots: true, cancellationToken);
        if (old is { End: PageTermination.None })
        {
            try
            {
                await old.CloseAsync(cancellationToken);
            }
            catch (BrowserException e)
            {
                // The new page is ready. The old one ends with the context.
                LogNothingToClose(slot, e.Message);
            }
        }

        return page;
    }

    public async Task<bool> ProbeAsync(long slot, CancellationToken cancellationToken) =>
        _slots.GetValueOrDefault(slot)?.Page is { End: PageTermination.None } page && await page.AnswersAsync(options.ProbeTimeout, cancellationToken);

    public async Task TerminateAsync(long slot, CancellationToken cancellationToken)
    {
        if (_slots.GetValueOrDefault(slot)?.Page is { End: PageTermination.None } page)
        {
            await page.TerminateAsync(options.CallTimeout, cancellationToken);
        }
    }

    public async Task CloseAsync(long slot, CancellationToken cancellationToken)
    {
        if (_slots.GetValueOrDefault(slot) is not { } closing)
        {
            return;
        }

        closing.MarkEnding();
        try
        {
            var context = await closing.Context.Within("create a context", options.CallTimeout, time, cancellationToken);
            await context.CloseAsync(options.CallTimeout, cancellationToken);
        }
        catch (BrowserException e) when (e is not BrowserTimeoutException)
        {
            // The context was never created, or ended with its browser.
            LogNothingToClose(slot, e.Message);
        }

        _slots.TryRemove(slot, out _);
    }

    public async Task CrashAsync(long slot, CancellationToken cancellationToken)
    {
        if (_slots.GetValueOrDefault(slot) is { } crashing)
        {
            crashing.MarkEnding();
            await (crashing.Page?.CrashAsync(cancellationToken) ?? Task.CompletedTask);
        }
    }

    public async Task KillAsync(int generation, CancellationToken cancellationToken)
    {
        if (!_processes.TryGetValue(generation, out var process))
        {
            return;
        }

        foreach (var slot in _slots.Values.Where(s => s.Generation == generation))
        {
            slot.MarkEnding();
            _slots.TryRemove(slot.Slot, out _);
        }

        await process.KillAsync(cancellationToken);
        _processes.TryRemove(generation, out _);
        LogKilled(generation);
    }

    public async Task KillAllAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= KillAttempts && !_processes.IsEmpty; attempt++)
        {
            await Task.WhenAll(_processes.Keys.Select(generation => TryKillAsync(generation, cancellationToken)));
        }

        if (!_processes.IsEmpty)
        {
            throw new BrowserException($"Processes of {_processes.Count} browsers outlived {KillAttempts} attempts to kill them: {string.Join(", ", _processes.Values.SelectMany(p => p.Tree.Members()).Select(p => p.Id))}.");
        }
    }

    public async Task<BrowserMemory> MeasureAsync(int generation, CancellationToken cancellationToken)
    {
        var total = _processes.TryGetValue(generation, out var process) ? process.Tree.MeasureBytes() : 0;
        var slots = _slots.Values.Where(s => s.Generation == generation && s.Page is { End: PageTermination.None }).ToList();
        var bytes = await Task.WhenAll(slots.Select(s => s.Page!.MeasureAsync(cancellationToken)));
        return new(total, slots.Zip(bytes).Where(p => p.Second is not null).ToDictionary(p => p.First.Slot, p => p.Second!.Value));
    }

    /// <summary>Total traffic with the running browsers.</summary>
    internal CdpTraffic Traffic => _processes.Values.Aggregate(default(CdpTraffic), static (sum, process) => sum + process.Traffic);

    /// <summary>The context of a slot.</summary>
    internal Task<CdpContext> ContextOf(long slot) => _slots[slot].Context;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await KillAllAsync(CancellationToken.None);
        }
        catch (BrowserException e)
        {
            LogLeftBehind(e.Message);
        }

        _profiles.Dispose();
        _reaping.Dispose();
    }

    private async Task<BrowserPage> OpenAsync(BrowserSlot slot, bool boots, CancellationToken cancellationToken)
    {
        var context = await slot.Context;
        try
        {
            slot.Page = await BrowserPage.OpenAsync(context, _settings, boots, reason => OnPageLost(slot, reason), cancellationToken);
            LastFailure = boots ? null : LastFailure;
            return slot.Page;
        }
        catch (BrowserException e)
        {
            LastFailure = e.Message;
            throw;
        }
    }

    // A generation that cannot be killed stays tracked for the next attempt.
    private async Task TryKillAsync(int generation, CancellationToken cancellationToken)
    {
        try
        {
            await KillAsync(generation, cancellationToken);
        }
        catch (Exception e) when (e is BrowserException or OperationCanceledException)
        {
            LogNotKilled(generation, e.Message);
        }
    }

    private void OnPageLost(BrowserSlot slot, string reason)
    {
        if (!slot.Ending)
        {
            OnLost(new(slot.Generation, slot.Slot, reason));
        }
    }

    private async Task ReapOnceAsync(CancellationToken cancellationToken)
    {
        await _reaping.WaitAsync(cancellationToken);
        try
        {
            if (!_reaped)
            {
                if (ChromiumSandbox.WarningOf(options.Sandbox, ChromiumSandbox.IsRoot) is { } warning)
                {
                    LogNoSandbox(warning);
                }

                await _profiles.ReapAsync(options.CallTimeout, time, cancellationToken);
                _reaped = true;
            }
        }
        finally
        {
            _reaping.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    private partial void LogNoSandbox(string warning);

    [LoggerMessage(LogLevel.Debug, "Slot {Slot} had nothing left to close: {Reason}")]
    private partial void LogNothingToClose(long slot, string reason);

    [LoggerMessage(LogLevel.Debug, "All processes of browser generation {Generation} have exited.")]
    private partial void LogKilled(int generation);

    [LoggerMessage(LogLevel.Warning, "Browser generation {Generation} could not be killed yet: {Reason}")]
    private partial void LogNotKilled(int generation, string reason);

    [LoggerMessage(LogLevel.Error, "This server leaves browser processes behind. The next server that starts on this machine kills them. {Reason}")]
    private partial void LogLeftBehind(string reason);
}
