using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Bounds the streams of server-sent events that a service has open: in total, per client, and in duration. A client whose stream ends at its maximum duration
/// connects again by itself. All streams end when the service stops: listeners do not disconnect on their own, and the stop would wait for them.</summary>
public sealed class StreamLimiter(IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Maximum number of open streams.</summary>
    public const int MaxStreams = 64;

    /// <summary>Maximum number of open streams of one client, so that one cannot hold them all.</summary>
    public const int MaxPerClient = 8;

    /// <summary>Maximum duration of a stream: 10 min.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, int> _clients = [];
    private readonly Lock _gate = new();
    private int _open;

    /// <summary>Number of open streams.</summary>
    internal int Open
    {
        get { lock (_gate) { return _open; } }
    }

    /// <summary>Reserves a stream for the client of a request, and releases it with the response. Null if it may begin, otherwise the error.</summary>
    /// <param name="http">The request.</param>
    /// <param name="alternative">What a caller can use instead: "GET /fleet".</param>
    public ProblemHttpResult? Enter(HttpContext http, string alternative)
    {
        if (TryEnter(http.Connection.RemoteIpAddress, out var isClientFull) is { } reservation)
        {
            // Released with the response, even if it fails before the stream begins.
            http.Response.RegisterForDispose(reservation);
            return null;
        }

        http.Response.Headers.RetryAfter = ((int)s_retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return isClientFull
            ? FleetProblem.Result(StatusCodes.Status429TooManyRequests, "too-many-streams", $"This client has {MaxPerClient} streams open, the maximum. Use {alternative} instead.")
            : FleetProblem.Result(StatusCodes.Status503ServiceUnavailable, "too-many-listeners", $"{MaxStreams} streams are open, the maximum. Use {alternative} instead.");
    }

    /// <summary>Reserves a stream. Null if none is free; otherwise the caller must dispose the reservation.</summary>
    /// <param name="client">The client's address.</param>
    /// <param name="isClientFull">Whether the client has its maximum number.</param>
    public IDisposable? TryEnter(IPAddress? client, out bool isClientFull)
    {
        var key = ClientAddress.KeyOf(client);
        lock (_gate)
        {
            var own = _clients.GetValueOrDefault(key);
            isClientFull = own >= MaxPerClient;
            if (isClientFull || _open >= MaxStreams)
            {
                return null;
            }

            _clients[key] = own + 1;
            _open++;
        }

        return new Reservation(this, key);
    }

    /// <summary>The items of a stream until its maximum duration is over, or the service stops.</summary>
    /// <param name="listen">Starts the stream; it ends without an error when its token is cancelled.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<T> LimitAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> listen, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(MaxDuration, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lifetime.ApplicationStopping, cancellationToken);
        await foreach (var item in listen(either.Token))
        {
            yield return item;
        }
    }

    private void Leave(string client)
    {
        lock (_gate)
        {
            _open--;
            if (_clients[client] == 1)
            {
                _clients.Remove(client);
            }
            else
            {
                _clients[client]--;
            }
        }
    }

    private sealed class Reservation(StreamLimiter limiter, string client) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                limiter.Leave(client);
            }
        }
    }
}
