using System.Globalization;
using System.Net;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Why the manager did not do what it was asked for.</summary>
/// <param name="Status">HTTP status; null when no connection came about.</param>
/// <param name="Reason">The problem's reason; empty when it names none.</param>
/// <param name="Detail">For people, at most 300 characters.</param>
internal sealed record ManagerProblem(HttpStatusCode? Status, string Reason, string Detail)
{
    private const int MaxDetail = 300;

    /// <summary>Refusals of one URL, or of one realm, because of what it did to browsers. To wait for it would hold up all others.</summary>
    private static readonly string[] s_ofTheContent = ["quarantined", "breaker-open"];

    /// <summary>When the manager wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often the render may still be sent to a prerender server; null when the manager sent it to none.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>Whether the manager could take nothing now, whatever it was.</summary>
    public bool IsBusy => Status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && !s_ofTheContent.Contains(Reason);

    /// <summary>No connection came about.</summary>
    public static ManagerProblem Unreachable(HttpRequestException error) => new(null, "", Bounded(error.Message));

    /// <summary>Reads an answer.</summary>
    /// <param name="response">The answer; may be read again.</param>
    /// <param name="now">The time, for a <c>Retry-After</c> that names a date.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
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

    /// <summary>What a caller can decide upon.</summary>
    /// <param name="manager">The manager's address.</param>
    public Exception ToException(Uri? manager) => Status is not { } status ? new ManagerUnavailableException($"The manager at {manager} cannot be reached: {Detail}")
        : IsBusy ? new ManagerUnavailableException($"The manager at {manager} takes no work: {Detail}")
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
            // No problem details; the text will do.
            return ("", text);
        }
    }

    private static string? TextOf(JsonDocument problem, string name) => problem.RootElement.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static string Bounded(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail] + "…";
}
