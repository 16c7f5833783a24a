using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Registers options that are bound strictly and validated at start.</summary>
public static partial class OptionsExtensions
{
    /// <summary>Binds <typeparamref name="T"/> to a section. An unknown key, or a value of the wrong type or out of range, fails the start with a message that names
    /// the setting, the value and the range.</summary>
    public static IHostApplicationBuilder AddFleetOptions<T>(this IHostApplicationBuilder builder, string section)
        where T : class
    {
        builder.Services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(section)))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<T>>(new SectionValidator<T>(section));
        return builder;
    }

    private static void Bind<T>(T options, IConfigurationSection section)
        where T : class
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(section.Path, typeof(T), [Explain(e.Message, section.Path)]);
        }
    }

    // The binder's message names a C# type and bare property names; operators know setting names.
    private static string Explain(string message, string section) =>
        UnknownKeys().Match(message) is { Success: true } unknown
            ? $"Unknown setting under {section}: {unknown.Groups["keys"].Value}. Check its spelling against docs/settings.md."
            : $"{section} cannot be read: {message}";

    [GeneratedRegex(@"'ErrorOnUnknownConfiguration' was set .+ not found on the instance of [^:]+: (?<keys>.+)$", RegexOptions.Singleline)]
    private static partial Regex UnknownKeys();
}
