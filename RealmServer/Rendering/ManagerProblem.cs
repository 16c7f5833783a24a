using System.Net;
using System.Text.Json;

namespace Fleet.RealmServer.Rendering;

/// <summary>Why the manager did not do what it was asked for.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">The problem's reason; empty when it names none.</param>
/// <param name="Detail">For people, at most 300 characters.</param>
internal sealed record ManagerProblem(HttpStatusCode Status, string Reason, string Detail)
{
    private const int MaxDetail = 300;

    /// <summary>Refusals of one URL, or of one realm, because of what it did to browsers. To wait for it would hold up all others.</summary>
    private static readonly string[] s_ofTheContent = ["quarantined", "breaker-open"];

    /// <summary>Whether the manager could take nothing now, whatever it was.</summary>
    public bool IsBusy => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && !s_ofTheContent.Contains(Reason);

    /// <summary>Reads an answer, which may be read again.</summary>
    public static async Task<ManagerProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(text);
            var detail = TextOf(problem, "detail") ?? text;
            return new(response.StatusCode, TextOf(problem, "reason") ?? "", Bounded(detail));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No problem details; the text will do.
            return new(response.StatusCode, "", Bounded(text));
        }
    }

    /// <summary>What a caller can decide upon.</summary>
    /// <param name="manager">The manager's address.</param>
    public Exception ToException(Uri? manager) => IsBusy
        ? new ManagerUnavailableException($"The manager at {manager} takes no work: {Detail}")
        : new RenderRefusedException($"The manager answered {(int)Status}: {Detail}");

    private static string? TextOf(JsonDocument problem, string name) => problem.RootElement.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static string Bounded(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail] + "…";
}
