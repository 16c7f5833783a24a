namespace Fleet.Contracts;

/// <summary>One field of a request that is not as it should be.</summary>
/// <param name="Field">The field as it is spelled in JSON: <c>deadlineMs</c>.</param>
/// <param name="Message">A sentence that names field, value and bound.</param>
public sealed record FieldError(string Field, string Message);
