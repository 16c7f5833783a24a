using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults;

/// <summary>Runs a service and turns what stops its start into one clear sentence and an exit code.</summary>
public static class FleetHost
{
    /// <summary>Exit code of a service that cannot start because of its settings or its surroundings: 78, <c>EX_CONFIG</c> of sysexits.h. A
    /// supervisor need not start it again.</summary>
    public const int ConfigurationErrorExitCode = 78;

    /// <summary>Builds and runs. Returns the exit code: 0 after an orderly stop, <see cref="ConfigurationErrorExitCode"/> when it could not start.</summary>
    /// <param name="name">The service, for the message.</param>
    /// <param name="build">Makes the application.</param>
    public static async Task<int> RunAsync(string name, Func<WebApplication> build)
    {
        try
        {
            await using var app = build();
            await app.RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            await Console.Error.WriteLineAsync($"{name} cannot start: {reason}").ConfigureAwait(false);
            return ConfigurationErrorExitCode;
        }
    }

    /// <summary>The sentence for an error that a setting can cure; null for any other, which stays a crash.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        StartException => exception.Message,
        OptionsValidationException invalid => string.Join(' ', invalid.Failures),
        AggregateException many when many.InnerExceptions.Select(Explain).ToList() is var reasons && reasons.TrueForAll(r => r is not null) =>
            string.Join(' ', reasons),
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message} Free the port, or set another: ASPNETCORE_URLS for this service, Fleet:Ports for the AppHost (0 means any free one).",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            $"The port may not be used ({exception.Message}). Set another: ASPNETCORE_URLS for this service, Fleet:Ports for the AppHost.",
        _ => null,
    };
}
