namespace Fleet.Contracts;

/// <summary>The ranges of numbers in requests.</summary>
public static class FieldBounds
{
    private static readonly Dictionary<string, (int Min, int Max)> s_bounds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["deadlineMs"] = (RenderLimits.MinDeadlineMs, RenderLimits.MaxDeadlineMs),
        ["priority"] = (0, RenderLimits.MaxPriority),
        ["scale"] = (1, 4),
        ["width"] = (100, 3840),
        ["height"] = (100, 2160),
        ["waitForTimeout"] = (0, RenderLimits.MaxDeadlineMs),
        ["maxWaitMs"] = (1, RenderLimits.MaxDeadlineMs),
        ["quality"] = (1, 100),
    };

    /// <summary>The range of a field, for messages: <c>between 100 and 3840</c>; null for a field without bounds.</summary>
    public static string? Describe(string field) => s_bounds.TryGetValue(field, out var bounds) ? $"between {bounds.Min} and {bounds.Max}" : null;

    /// <summary>Checks a number. Null is within any bounds.</summary>
    internal static FieldError? Check(string field, int? value) =>
        value < s_bounds[field].Min || value > s_bounds[field].Max ? new(field, $"'{field}' is {value}: it must be {Describe(field)}.") : null;
}
