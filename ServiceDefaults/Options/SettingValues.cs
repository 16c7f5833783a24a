using System.Collections;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Finds the values that .NET's binder ignores, or reads as something else than they say: <c>24:00:00</c> as 24 days, <c>60</c> as 60 days, <c>7</c> as a word of an enum,
/// one value in place of a list.</summary>
internal static partial class SettingValues
{
    /// <summary>How a time is written, as the end of a sentence.</summary>
    public const string TimeForm = "a time as hours:minutes:seconds, such as 00:00:05; days come before it, such as 1.00:00:00";

    /// <summary>The errors of a section, one sentence each. Unknown keys, and values that the binder refuses, are not among them.</summary>
    public static IEnumerable<string> Errors(IConfigurationSection section, Type options) => Errors(section, options, section.Path);

    private static IEnumerable<string> Errors(IConfigurationSection section, Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (section.Value is { Length: > 0 } value && ErrorOf(value.Trim(), type, name) is { } error)
        {
            yield return error;
        }

        foreach (var child in section.GetChildren())
        {
            if (IsGroup(type))
            {
                if (type.GetProperties().FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                {
                    foreach (var inner in Errors(child, property.PropertyType, $"{name}:{property.Name}"))
                    {
                        yield return inner;
                    }
                }
            }
            else if (ElementOf(type) is { } element)
            {
                foreach (var inner in Errors(child, element, $"{name}:{child.Key}"))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return $"{name}:{child.Key} is not a setting: {name} has one value. Write {name}=value.";
            }
        }
    }

    // No sentence has the value of a list or a group: it may be a secret.
    private static string? ErrorOf(string value, Type type, string name) =>
        type == typeof(TimeSpan) ? Time().IsMatch(value) ? null : $"{name} is '{value}': it must be {TimeForm}."
        : type.IsEnum ? Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase) ? null : $"{name} is '{value}': it must be one of {string.Join(", ", Enum.GetNames(type))}."
        : typeof(IDictionary).IsAssignableFrom(type) ? $"{name} has values by name, not one: write {name}:<name>=value."
        : ElementOf(type) is not null ? $"{name} is a list: write {name}:0=value for its first value, {name}:1=value for the next."
        : IsGroup(type) ? $"{name} is a group of settings, not one: write {name}:{type.GetProperties()[0].Name}=value, for example."
        : null;

    private static bool IsGroup(Type type) => type.IsClass && ElementOf(type) is null && type.Namespace?.StartsWith("Fleet.", StringComparison.Ordinal) == true;

    /// <summary>The type of the values of a list or a dictionary; null for any other type.</summary>
    private static Type? ElementOf(Type type) => type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type) ? null : type.GetElementType() ?? type.GenericTypeArguments.LastOrDefault();

    [GeneratedRegex(@"^-?(\d+\.)?([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
