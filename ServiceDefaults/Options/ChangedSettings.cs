using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Options of a service, and what they are without any setting.</summary>
/// <param name="Section">Name of the configuration section.</param>
/// <param name="Current">The options in use.</param>
/// <param name="Default">The options with their defaults.</param>
internal sealed record OptionsInUse(string Section, Func<IServiceProvider, object> Current, object Default);

/// <summary>Names the settings that differ from their defaults, for the log. Secrets are named and never shown.</summary>
internal static partial class ChangedSettings
{
    private const string Hidden = "(set, not shown)";

    /// <summary>The changed settings of a service, sorted by name: <c>Manager:MaxAttempts=2</c>.</summary>
    public static IReadOnlyList<string> Of(IServiceProvider services) =>
        [.. services.GetServices<OptionsInUse>().SelectMany(options => Of(options.Section, options.Current(services), options.Default)).Order(StringComparer.Ordinal)];

    /// <summary>The changed settings of one section.</summary>
    public static IEnumerable<string> Of(string section, object current, object defaults)
    {
        foreach (var property in current.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property is { CanWrite: true, CanRead: true }))
        {
            var (name, value, standard) = ($"{section}:{property.Name}", property.GetValue(current), property.GetValue(defaults));
            // The fleet's own option classes have settings of their own; anything else is a value.
            if (value is not null && standard is not null && property.PropertyType.IsClass && property.PropertyType.Namespace?.StartsWith("Fleet.", StringComparison.Ordinal) == true)
            {
                foreach (var nested in Of(name, value, standard))
                {
                    yield return nested;
                }
            }
            else if (Text(value) != Text(standard))
            {
                yield return $"{name}={(IsSecret(property) ? Hidden : Show(value))}";
            }
        }
    }

    /// <summary>Whether a setting may be a secret, by its name. Numbers, durations and switches are none, and the name of a file is none.</summary>
    private static bool IsSecret(PropertyInfo property) =>
        !property.PropertyType.IsValueType && !property.Name.EndsWith("File", StringComparison.Ordinal) && SecretName().IsMatch(property.Name);

    private static string Show(object? value) => value switch
    {
        null => "none",
        string text => WithoutSecrets(text),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(item => WithoutSecrets(Text(item))))}]",
        _ => Text(value),
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable list => string.Join('\n', list.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // An address may have a password or a key in its query, and a switch of the browser may have any secret as its value.
    private static string WithoutSecrets(string text) =>
        SwitchValue().Replace(Query().Replace(UserInfo().Replace(text, "://…@"), "?…"), "$1=…");

    [GeneratedRegex("Key|Secret|Password|Token|Credential|ConnectionString")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://[^/?#\s]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\?\S+")]
    private static partial Regex Query();

    [GeneratedRegex(@"^(--[^=\s]+)=.*$", RegexOptions.Singleline)]
    private static partial Regex SwitchValue();
}
