using System.ComponentModel.DataAnnotations;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Each string is an origin: http or https, host, optional port, nothing after it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AbsoluteOriginsAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not IEnumerable<string> origins || origins.All(o => OriginAllowList.TryNormalize(o, out _));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be origins such as https://app.example.com, without path, query or user.";
}
