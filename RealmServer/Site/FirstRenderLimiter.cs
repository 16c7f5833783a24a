using System.Net;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Limits how many routes that are not stored a client may have rendered, at most <c>Pages:FirstRendersPerMinute</c>: anyone can invent addresses, and each
/// costs a page load. A client that paused may use a whole minute's allowance at once.</summary>
internal sealed class FirstRenderLimiter(IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    private const long MaxBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly BoundedCache<Account> _clients = new(MaxBytes, static _ => 100);
    private readonly Lock _gate = new();

    /// <summary>Admits a render.</summary>
    /// <param name="client">The client's address; of an IPv6 address, the first 64 bits count.</param>
    /// <param name="wait">If it is not admitted, the time until the next one would be.</param>
    public bool TryAdmit(IPAddress? client, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var key = ClientAddress.KeyOf(client);
        var (now, cost) = (timeProvider.GetMonotonicTime(), s_window / options.Value.FirstRendersPerMinute);
        lock (_gate)
        {
            if (!_clients.TryGet(key, out var account))
            {
                _clients.Set(key, account = new());
            }

            // FreeAt is when the client's allowance is full again (GCRA). Each render moves it by its share of the window.
            var used = (account.FreeAt > now ? account.FreeAt : now) + cost;
            if (used - now > s_window)
            {
                wait = used - now - s_window;
                return false;
            }

            account.FreeAt = used;
            return true;
        }
    }

    private sealed class Account
    {
        public TimeSpan FreeAt { get; set; }
    }
}
