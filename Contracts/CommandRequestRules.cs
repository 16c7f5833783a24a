namespace Fleet.Contracts;

/// <summary>What makes a <see cref="CommandRequest"/> and its key valid on their face.</summary>
public static class CommandRequestRules
{
    private const int LongestName = 200;
    private const int LongestKey = 128;

    /// <summary>Everything that is wrong; empty when it is valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The header <c>Idempotency-Key</c>.</param>
    /// <param name="host">Address of the host app.</param>
    public static IReadOnlyList<FieldError> Check(CommandRequest request, string? key, Uri host) =>
    [
        .. new[]
        {
            request.Command is { Length: > 0 and <= LongestName } name && name.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:".Contains(c, StringComparison.Ordinal))
                ? null : new FieldError("command", $"'command' must be 1 to {LongestName} letters, digits and . _ - / :"),
            key is { Length: > 0 and <= LongestKey } && key.All(c => c is > ' ' and <= '~')
                ? null : new FieldError(FleetHeaders.IdempotencyKey, $"The header {FleetHeaders.IdempotencyKey} must be 1 to {LongestKey} visible ASCII characters."),
            AffinityKey.TryParse(request.Affinity, out var affinity) && affinity.Kind == "user"
                ? null : new FieldError("affinity", "'affinity' must name the user for whom the command runs: 'user:<id>'."),
        }.OfType<FieldError>(),
        .. RenderRequestRules.Check(request.ToVisit(host)).Where(error => error.Field is not ("url" or "affinity")),
    ];
}
