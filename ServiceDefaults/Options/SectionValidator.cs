using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Validates data annotations like the framework's validator, but reports the full setting name and the value.</summary>
internal sealed class SectionValidator<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = Check(section, options).ToList();
        if (options is IValidatableObject self)
        {
            failures.AddRange(self.Validate(new ValidationContext(options)).Select(result => $"{section}: {result.ErrorMessage}"));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var setting = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value))
                {
                    yield return $"{setting} is {Show(property.Name, value)}: {MessageOf(rule, property.Name)}";
                }
            }

            // Recurse into the fleet's own option classes; anything else is a value.
            if (value is not null && property.PropertyType.Namespace?.StartsWith("Fleet.", StringComparison.Ordinal) == true && property.PropertyType.IsClass)
            {
                foreach (var failure in Check(setting, value))
                {
                    yield return failure;
                }
            }
        }
    }

    // The framework's message does not name the values.
    private static string MessageOf(ValidationAttribute rule, string property) => rule is AllowedValuesAttribute allowed
        ? $"It must be one of {string.Join(", ", allowed.Values.Select(static value => $"'{value}'"))}."
        : rule.FormatErrorMessage(property);

    private static string Show(string property, object? value) => value switch
    {
        null => "not set",
        // Never log secrets, not even invalid ones.
        string s when property.Contains("Key", StringComparison.Ordinal) || property.Contains("Secret", StringComparison.Ordinal) => $"{s.Length} characters long",
        string s => $"'{s}'",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>())}]",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}

/// <summary>The configuration sections that the services read.</summary>
public static class SettingSections
{
    /// <summary>The names, sorted. A test compares them with the options classes of all services.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["Browser", "Canary", "Fleet", "Host", "Index", "IndexNow", "Jobs", "Logging", "Manager", "Pages", "Pool", "Realms", "Registration", "Rendering", "Screenshots", "WebBotAuth"];
}
