using System.Text.Json;

namespace Fleet.Contracts;

/// <summary>A command that the host app runs for a user. Body of <c>POST /commands</c>, with the header <c>Idempotency-Key</c>. The response is a
/// <see cref="RenderResult"/> without formats; its <see cref="RenderResult.Data"/> is the command's return value.</summary>
public sealed record CommandRequest
{
    /// <summary>Name of the command in the host app: 1 to 200 letters, digits and <c>. _ - / :</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Input of the command, any JSON. Default: none.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The user for whom the command runs: <c>user:&lt;id&gt;</c>.</summary>
    public required string Affinity { get; init; }

    /// <inheritdoc cref="PageRequest.DeadlineMs"/>
    public int? DeadlineMs { get; init; }

    /// <inheritdoc cref="PageRequest.Priority"/>
    public int Priority { get; init; }

    /// <inheritdoc cref="PageRequest.Accept"/>
    public ShellAcceptance Accept { get; init; }

    /// <summary>Credentials that the page sends to the host's origin. Requires an affinity with a scope. Default: none.</summary>
    public RenderCredentials? Credentials { get; init; }

    /// <summary>The render that runs the command in the booted host app. Its URL contains the name of the command.</summary>
    /// <param name="host">Address of the host app, ending with a slash.</param>
    public RenderRequest ToRenderRequest(Uri host) => new()
    {
        Url = new Uri(host, "_standby?command=" + Uri.EscapeDataString(Command ?? "")).AbsoluteUri,
        Affinity = Affinity,
        DeadlineMs = DeadlineMs,
        Priority = Priority,
        Accept = Accept,
        Credentials = Credentials,
        Formats = [RenderFormat.Data],
    };
}

/// <summary>Validates a <see cref="CommandRequest"/> and its key.</summary>
public static class CommandRequestRules
{
    private const int MaxNameLength = 200;
    private const int MaxKeyLength = 128;

    /// <summary>All validation errors; empty when the request is valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">Value of the header <c>Idempotency-Key</c>.</param>
    /// <param name="host">Address of the host app.</param>
    public static IReadOnlyList<FieldError> Check(CommandRequest request, string? key, Uri host) =>
    [
        .. new[]
        {
            request.Command is { Length: > 0 and <= MaxNameLength } name && name.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:".Contains(c, StringComparison.Ordinal))
                ? null : new FieldError("command", $"'command' must be 1 to {MaxNameLength} letters, digits and . _ - / :"),
            key is { Length: > 0 and <= MaxKeyLength } && key.All(c => c is > ' ' and <= '~')
                ? null : new FieldError(FleetHeaders.IdempotencyKey, $"The header {FleetHeaders.IdempotencyKey} must be 1 to {MaxKeyLength} visible ASCII characters."),
            AffinityKey.TryParse(request.Affinity, out var affinity) && affinity.Kind == "user"
                ? null : new FieldError("affinity", "'affinity' must name the user for whom the command runs: 'user:<id>'."),
        }.OfType<FieldError>(),
        .. RenderRequestRules.Check(request.ToRenderRequest(host)).Where(error => error.Field is not ("url" or "affinity")),
    ];
}
