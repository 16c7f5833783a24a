using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Keeps a rendered page of every card: one pass at the start, and another whenever the shell, a file or an operator calls for it.</summary>
internal sealed partial class Indexer(
    IndexPass pass, IndexLease lease, ManagerClient manager, HostShellClaims claims, IndexProgress progress, CardScreenshots screenshots, IOptions<IndexOptions> options, TimeProvider timeProvider,
    ILogger<Indexer> logger)
    : BackgroundService
{
    // Whoever writes a file may not be through with it, or with the next one.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(100);

    private readonly AsyncAutoResetEvent _requested = new();
    private readonly AsyncAutoResetEvent _looked = new();
    private volatile Basis? _basis;

    /// <summary>Has a pass made as soon as the current one is over; cards that failed are tried again.</summary>
    public void Request()
    {
        pass.ForgetFailures();
        _requested.Set();
    }

    /// <summary>Has the folders looked through soon.</summary>
    public void SourcesMayHaveChanged() => _looked.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || !manager.IsConfigured)
        {
            progress.Off(options.Value.Enabled
                ? "The address of the manager is not set (services:manager:http:0); pages are not prerendered."
                : "Index:Enabled is false.");
            return;
        }

        claims.FleetShellChanged += OnBasisChanged;
        lease.Changed += OnBasisChanged;
        try
        {
            var (previous, repeats) = (IndexNext.WhenChanged, 0);
            while (true)
            {
                var next = await PassAsync(stoppingToken);
                repeats = next == previous ? repeats + 1 : 0;
                previous = next;
                if (await WaitAsync(next, repeats, stoppingToken))
                {
                    // Something is new, so what did not work before may work now.
                    repeats = -1;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
        finally
        {
            claims.FleetShellChanged -= OnBasisChanged;
            lease.Changed -= OnBasisChanged;
        }
    }

    // Who changes it tells afterwards: by then a pass may have begun that knows.
    private void OnBasisChanged()
    {
        if (CurrentBasis != _basis)
        {
            _requested.Set();
        }
    }

    private Basis CurrentBasis => new(lease.Holder, claims.FleetShell?.Generation);

    private async Task<IndexNext> PassAsync(CancellationToken stoppingToken)
    {
        _requested.Reset();
        _looked.Reset();
        var basis = CurrentBasis;
        _basis = basis;
        try
        {
            // The first claim's acknowledgement sets the signal, so this is not for long.
            if (basis.Generation is not { } generation)
            {
                progress.Wait("The claim of the host shell is not acknowledged yet.");
                return IndexNext.AfterPause;
            }

            if (basis.Holder is not { } holder || !lease.IsMine(holder))
            {
                progress.Wait(basis.Holder is { } other ? $"The replica {other} indexes." : "No replica has taken the index yet.");
                return IndexNext.AfterPause;
            }

            var isComplete = await pass.RunAsync(generation, stoppingToken);
            screenshots.PagesMayHaveChanged();
            return isComplete ? IndexNext.WhenChanged : IndexNext.AfterRetryInterval;
        }
        catch (Exception e) when (e is ManagerUnavailableException or RegistryUnavailableException)
        {
            if (progress.Wait(e.Message))
            {
                LogWaiting(e.Message);
            }

            return IndexNext.AfterPause;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            progress.Wait("A pass failed unexpectedly; the log has the details.");
            LogFailed(e);
            return IndexNext.AfterPause;
        }
    }

    /// <summary>Waits for the next pass. True when it was requested or a card changed, false when time is up.</summary>
    private async Task<bool> WaitAsync(IndexNext next, int repeats, CancellationToken stoppingToken)
    {
        var began = timeProvider.GetTimestamp();
        var limit = IndexPauses.For(next, repeats, options.Value.RetryInterval);
        while (true)
        {
            var left = limit - timeProvider.GetElapsedTime(began) ?? options.Value.RescanInterval;
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            var look = left < options.Value.RescanInterval ? left : options.Value.RescanInterval;
            if (await EitherAsync(look, stoppingToken) || (next is not IndexNext.AfterPause && SourcesChanged()))
            {
                return true;
            }
        }
    }

    // What cannot be looked through is the pass's to tell, which logs it and tries again by itself.
    private bool SourcesChanged()
    {
        try
        {
            return pass.SourcesChanged;
        }
        catch (Exception e)
        {
            LogLookFailed(e);
            return true;
        }
    }

    /// <summary>Waits for a request, a sign of a changed file, or the end of time. True when it was a request.</summary>
    private async Task<bool> EitherAsync(TimeSpan limit, CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var requested = _requested.WaitAsync(limit, timeProvider, either.Token);
        var looked = _looked.WaitAsync(limit, timeProvider, either.Token);
        await Task.WhenAny(requested, looked);
        if (looked is { IsCompletedSuccessfully: true, Result: true })
        {
            await Task.Delay(s_settle, timeProvider, stoppingToken);
        }

        await either.CancelAsync();
        var results = await Task.WhenAll(WonAsync(requested, stoppingToken), WonAsync(looked, stoppingToken));
        return results[0];
    }

    // The one that lost was cancelled, unless its signal came first.
    private static async Task<bool> WonAsync(Task<bool> wait, CancellationToken stoppingToken)
    {
        try
        {
            return await wait;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What a pass goes by.</summary>
    private sealed record Basis(string? Holder, long? Generation);

    [LoggerMessage(LogLevel.Information, "The index waits, and goes on by itself: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Error, "Looking through the folders failed; a pass follows.")]
    private partial void LogLookFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "A pass of the index failed; another follows.")]
    private partial void LogFailed(Exception exception);
}
