using Fleet.Registry;
using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.HostShells;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryHostShellStore(TimeProvider timeProvider, ChangeListeners notifications) : IHostShellStore
{
    private readonly Lock _gate = new();
    private readonly LiveSet<string> _serving = new(timeProvider, RegistryTtl.Serving);
    private CurrentShell? _current;

    public Task<HostShell?> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_current?.Shell);
        }
    }

    public Task<ClaimResult> ClaimAsync(HostShellClaim claim, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claim.Instance, "HostShellClaim.Instance");
        claim = claim with { Token = ShellToken.Normalize(claim.Token), BuiltAt = RegistryClock.ToMilliseconds(claim.BuiltAt) };
        ClaimResult result;
        lock (_gate)
        {
            _serving.Set(claim.Instance, claim.Token);
            var next = ClaimRules.Decide(_current, claim, Serving(), RegistryClock.Now(timeProvider));
            _current = next ?? _current!; // Decide never leaves the first claim without a result.
            result = new(_current.Shell, Changed: next is not null);
        }

        if (result.Changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.HostShell, claim.Instance, result.Current.Generation));
        }

        return Task.FromResult(result);
    }

    public Task<IReadOnlyDictionary<string, string>> GetServingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, string>>(Serving());
        }
    }

    public Task StopServingAsync(string instance, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _serving.Remove(instance);
        }

        return Task.CompletedTask;
    }

    private Dictionary<string, string> Serving() => _serving.Live().ToDictionary(entry => entry.Key, entry => entry.Value.Value);
}
