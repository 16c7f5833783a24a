namespace Fleet.RealmServer.Rendering;

/// <summary>The addresses of the managers, <c>services:manager:http:0</c>, <c>:1</c> and so on. One of them is in use until it fails; then the next one is.</summary>
/// <param name="all">The addresses, each ending with a slash; none when no manager is configured.</param>
internal sealed class ManagerAddresses(IReadOnlyList<Uri> all)
{
    private int _current;

    /// <summary>All addresses, in the order of the settings.</summary>
    public IReadOnlyList<Uri> All => all;

    /// <summary>The address in use.</summary>
    public Uri Current => all[Volatile.Read(ref _current)];

    /// <summary>Changes to the next address if the failed one is still in use: of many requests that fail together, only the first one changes it.</summary>
    public void Leave(Uri failed)
    {
        var current = Volatile.Read(ref _current);
        if (all[current] == failed)
        {
            Interlocked.CompareExchange(ref _current, (current + 1) % all.Count, current);
        }
    }
}

/// <summary>
/// Sends each request to the manager in use, and to the next one if no connection to it can be made within 2 s. After an answer of 503, or a connection that broke, the next request goes
/// to another manager. It does not repeat a request that a manager may have received: a render that was in progress there may still run.
/// </summary>
internal sealed class ManagerFailoverHandler(ManagerAddresses managers) : DelegatingHandler
{
    /// <summary>Timeout of a connection to one manager.</summary>
    public static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(2);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = managers.All[0].MakeRelativeUri(request.RequestUri!);
        for (var tried = 1; ; tried++)
        {
            var manager = managers.Current;
            request.RequestUri = new(manager, path);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
                {
                    managers.Leave(manager);
                }

                return response;
            }
            catch (Exception e) when (IsFailure(e, cancellationToken))
            {
                managers.Leave(manager);
                if (!IsUnsent(e))
                {
                    throw;
                }

                if (tried >= managers.All.Count)
                {
                    throw e as HttpRequestException ?? new HttpRequestException(
                        HttpRequestError.ConnectionError, $"No connection to {manager} within {ConnectTimeout.TotalSeconds:0} s.", e);
                }
            }
        }
    }

    private static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException || (e is OperationCanceledException { InnerException: TimeoutException } && !cancellationToken.IsCancellationRequested);

    // Without a connection the manager received nothing. The timeout of a connection is a canceled operation.
    private static bool IsUnsent(Exception e) => e is OperationCanceledException
        || e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
}
