using System.Reflection;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Options with settings that name a file whose content is another setting.</summary>
internal interface IReadsFiles
{
    /// <summary>Reads the files. Called after binding and before validation.</summary>
    /// <exception cref="StartException">A file cannot be read, or its content is invalid.</exception>
    void ReadFiles();
}

/// <summary>Registers options that are bound strictly and validated at start.</summary>
public static partial class OptionsExtensions
{
    /// <summary>Binds <typeparamref name="T"/> to a section. An unknown key, or a value of the wrong type or out of range, fails the start with a message that names
    /// the setting, the value and the range.</summary>
    public static IHostApplicationBuilder AddFleetOptions<T>(this IHostApplicationBuilder builder, string section)
        where T : class, new()
    {
        builder.Services.AddSingleton(new OptionsInUse(section, static services => services.GetRequiredService<IOptions<T>>().Value, new T()));
        builder.Services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(section)))
            .PostConfigure(static options => (options as IReadsFiles)?.ReadFiles())
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<T>>(new SectionValidator<T>(section));
        return builder;
    }

    private static void Bind<T>(T options, IConfigurationSection section)
        where T : class
    {
        if (SettingValues.Errors(section, typeof(T)).ToList() is { Count: > 0 } errors)
        {
            throw new OptionsValidationException(section.Path, typeof(T), errors);
        }

        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(section.Path, typeof(T), [Explain(e, section.Path, typeof(T))]);
        }
    }

    // The binder's message names a C# type and bare property names; operators know setting names. That of a value in a list is in the inner exception.
    private static string Explain(InvalidOperationException error, string section, Type options) =>
        UnknownKeys().Match(error.Message) is { Success: true } unknown
            ? $"Unknown setting under {section}: {unknown.Groups["keys"].Value}.{Suggest(unknown.Groups["keys"].Value, options)} Check its spelling against docs/settings.md."
            : WrongValue().Match(error.InnerException?.Message is { } inner && WrongValue().IsMatch(inner) ? inner : error.Message) is { Success: true } wrong
                ? $"{wrong.Groups["key"].Value} is '{wrong.Groups["value"].Value}': it must be {Describe(TypeOf(wrong.Groups["key"].Value[(section.Length + 1)..], options))}."
                : $"{section} cannot be read: {error.Message}";

    // The elements of a list have their index as the last part of the key.
    private static Type? TypeOf(string path, Type options)
    {
        Type? type = options;
        foreach (var part in path.Split(':'))
        {
            type = type?.GetProperty(part, BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase)?.PropertyType ?? type?.GetElementType() ?? type?.GenericTypeArguments.LastOrDefault();
        }

        return type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
    }

    private static string Describe(Type? type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) || type == typeof(decimal) => "a number",
        _ when type == typeof(TimeSpan) => SettingValues.TimeForm,
        _ when type == typeof(Uri) => "a URL",
        _ => "of another type; docs/settings.md says which",
    };

    // The settings of a nested class (Fleet:Ports) have the section's name in the message as well, so all names are candidates.
    private static string Suggest(string keys, Type options) => keys.Split(',', StringSplitOptions.TrimEntries)
        .Select(key => NearestName.Of(key.Trim('\''), Names(options)))
        .OfType<string>().ToList() is { Count: > 0 } nearest
            ? $" Did you mean '{string.Join("', '", nearest)}'?" : "";

    private static IEnumerable<string> Names(Type options) => options.GetProperties().SelectMany(property =>
        property.PropertyType is { IsClass: true } nested && nested.Namespace?.StartsWith("Fleet.", StringComparison.Ordinal) == true
            ? Names(nested).Prepend(property.Name)
            : [property.Name]);

    [GeneratedRegex(@"'ErrorOnUnknownConfiguration' was set .+ not found on the instance of [^:]+: (?<keys>.+)$", RegexOptions.Singleline)]
    private static partial Regex UnknownKeys();

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']+)' to type", RegexOptions.Singleline)]
    private static partial Regex WrongValue();
}
