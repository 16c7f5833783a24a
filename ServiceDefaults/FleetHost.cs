using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults;

/// <summary>Runs a service. Reports a failed start or a fatal error as one sentence and a non-zero exit code.</summary>
public static partial class FleetHost
{
    /// <summary>Exit code of a service that cannot start because of its settings or environment: 78, <c>EX_CONFIG</c> of sysexits.h. A restart does not
    /// help.</summary>
    public const int CannotStart = 78;

    /// <summary>Exit code of a service that cannot start because another process has its port or its data folder: 75, <c>EX_TEMPFAIL</c>. A later start may succeed.</summary>
    public const int CannotStartYet = 75;

    /// <summary>Exit code of a service that stopped itself because of a defect (<see cref="BrokenInvariantException"/>): 70, <c>EX_SOFTWARE</c>.</summary>
    public const int Broken = 70;

    private static readonly TimeSpan s_stopMargin = TimeSpan.FromSeconds(10);

    /// <summary>Builds and runs a service. Returns the exit code: 0 after an orderly stop, <see cref="CannotStart"/>, <see cref="CannotStartYet"/> or <see cref="Broken"/>.</summary>
    /// <param name="name">Name of the service, for messages.</param>
    /// <param name="args">The command line of this process. It may not contain a secret.</param>
    /// <param name="build">Builds the application.</param>
    public static async Task<int> RunAsync(string name, string[] args, Func<string[], WebApplication> build)
    {
        try
        {
            CommandLineSecrets.Reject(args);
            await RunAsync(name, build(args));
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            await Console.Error.WriteLineAsync($"{name} cannot start: {reason}");
            return ExitCodeOf(e);
        }
        catch (BrokenInvariantException e)
        {
            await Console.Error.WriteLineAsync($"{name} stopped because of a defect: {e.Message}");
            return Broken;
        }
    }

    /// <summary>Logs, once the service has started, its version, its addresses and the settings that differ from their defaults.</summary>
    /// <param name="name">Name of the service.</param>
    /// <param name="app">The application, not yet started.</param>
    public static void LogWhenStarted(string name, WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FleetHost).FullName!);
        LogStarted(logger, name, Version, string.Join(", ", app.Urls));
        if (ChangedSettings.Of(app.Services) is { Count: > 0 } changed)
        {
            LogSettings(logger, name, string.Join("; ", changed));
        }
    });

    private static async Task RunAsync(string name, WebApplication app)
    {
        var fatal = app.Services.GetRequiredService<FatalError>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var bound = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout + s_stopMargin;
        LogWhenStarted(name, app);
        // RunAsync disposes the application when it has stopped.
        var run = app.RunAsync();
        await Task.WhenAny(run, fatal.Raised);
        if (fatal.Raised.IsCompleted)
        {
            // A shutdown that hangs must not keep the process alive. Errors of the shutdown are consequences of the fatal error.
            await run.WaitAsync(bound, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ExceptionDispatchInfo.Throw(await fatal.Raised);
        }

        await run;
        // A fatal error may be raised while the application stops for another reason.
        if (fatal.Raised.IsCompleted)
        {
            ExceptionDispatchInfo.Throw(await fatal.Raised);
        }
    }

    private static string Version => typeof(FleetHost).Assembly.GetName().Version!.ToString(3);

    /// <summary>The message for an error that a setting can fix; null for any other exception.</summary>
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
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            $"ASPNETCORE_URLS names an address that this machine does not have ({exception.Message}). Set it to one of its own, to 127.0.0.1, or to 0.0.0.0 for all.",
        _ => null,
    };

    /// <summary>The exit code for an error that <see cref="Explain"/> explains.</summary>
    public static int ExitCodeOf(Exception exception) =>
        exception is StartException { IsTemporary: true } or IOException { InnerException: AddressInUseException } ? CannotStartYet : CannotStart;

    [LoggerMessage(LogLevel.Information, "{Service} {Version} started and listens on {Addresses}.")]
    private static partial void LogStarted(ILogger logger, string service, string version, string addresses);

    [LoggerMessage(LogLevel.Information, "{Service} has settings that differ from their defaults: {Settings}.")]
    private static partial void LogSettings(ILogger logger, string service, string settings);
}
