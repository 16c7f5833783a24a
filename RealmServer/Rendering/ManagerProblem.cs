using System.Globalization;
using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;

namespace Fleet.RealmServer.Rendering;

/// <summary>An error of the manager.</summary>
/// <param name="Status">HTTP status; null if no connection was made.</param>
/// <param name="Reason">The reason of the problem details; empty if there is none.</param>
/// <param name="Detail">Description for people, at most 300 characters.</param>
internal sealed record ManagerProblem(HttpStatusCode? Status, string Reason, string Detail)
{
    private const int MaxDetail = 300;

    /// <summary>Reasons of errors that concern one URL or one realm, because of what it did to browsers. Waiting for them would hold up all other renders.</summary>
    private static readonly string[] s_contentReasons = ["quarantined", "breaker-open"];

    /// <summary>When the request may be repeated; null if the manager does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often the render may still be sent to a prerender server; null if the manager sent it to none.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>Whether the manager is unreachable or has no capacity for any request.</summary>
    public bool IsBusy => Status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && !s_contentReasons.Contains(Reason);

    /// <summary>Creates the problem for a failed connection.</summary>
    public static ManagerProblem Unreachable(HttpRequestException error) => new(null, "", Bounded(error.Message));

    /// <summary>Reads an error response.</summary>
    /// <param name="response">The response; its content is buffered and can be read again.</param>
    /// <param name="now">The current time, for a <c>Retry-After</c> with a date.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async Task<ManagerProblem> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var (reason, detail) = Read(text);
        var retryAfter = response.Headers.RetryAfter;
        return new(response.StatusCode, reason, Bounded(detail))
        {
            RetryAfter = retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date - now : null),
            AttemptsLeft = response.Headers.TryGetValues(FleetHeaders.AttemptsLeft, out var values)
                && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) ? attempts : null,
        };
    }

    /// <summary>Converts the problem to the exception that callers handle.</summary>
    /// <param name="manager">The manager's address.</param>
    /// <param name="addresses">The addresses that the message does not contain.</param>
    public Exception ToException(Uri? manager, InternalAddresses addresses) => Status is not { } status ? new ManagerUnavailableException(addresses.Hide($"The manager at {manager} cannot be reached: {Detail}"))
        : IsBusy ? new ManagerUnavailableException(addresses.Hide($"The manager at {manager} accepts no work: {Detail}"))
        : new RenderRefusedException($"The manager answered {(int)status}: {Detail}");

    private static (string Reason, string Detail) Read(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return (TextOf(problem, "reason") ?? "", TextOf(problem, "detail") ?? text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not problem details; use the whole text.
            return ("", text);
        }
    }

    private static string? TextOf(JsonDocument problem, string name) => problem.RootElement.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static string Bounded(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail] + "…";
}
