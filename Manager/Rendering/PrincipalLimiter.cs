using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Rendering;

/// <summary>Limits how many principals callers without the admin key may be within a minute: anyone can make up credentials, and each opens pages of its own, which
/// displace the warm pages of others.</summary>
internal sealed class PrincipalLimiter(IOptions<ManagerOptions> options, TimeProvider time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, TimeSpan> _lastUse = [];
    private readonly Lock _gate = new();

    /// <summary>Admits a principal.</summary>
    /// <param name="affinity">The affinity with its principal.</param>
    /// <param name="wait">If it is not admitted, the time until one of the others is over.</param>
    public bool TryAdmit(string affinity, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var now = time.GetMonotonicTime();
        lock (_gate)
        {
            if (!_lastUse.ContainsKey(affinity) && _lastUse.Count >= options.Value.MaxPrincipalsWithoutKey)
            {
                foreach (var (old, _) in _lastUse.Where(entry => now - entry.Value >= s_window).ToList())
                {
                    _lastUse.Remove(old);
                }

                if (_lastUse.Count >= options.Value.MaxPrincipalsWithoutKey)
                {
                    wait = _lastUse.Values.Min() + s_window - now;
                    return false;
                }
            }

            _lastUse[affinity] = now;
            return true;
        }
    }
}
