using System.Globalization;
using Fleet.Garnet;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

try
{
    CommandLineSecrets.Reject(args);
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddServiceDefaults();
    using var host = builder.Build();
    var port = builder.Configuration["Garnet:Port"];
    var options = new EmbeddedGarnetOptions
    {
        Port = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue
            ? number
            : throw new StartException($"Garnet:Port is '{port}': it must be a TCP port from 1 to 65535."),
        Password = builder.Configuration["Garnet:Password"],
        DataFolder = builder.Configuration["Garnet:Data"],
    };
    await using var garnet = await EmbeddedGarnet.StartAsync(
        options, TimeProvider.System, host.Services.GetRequiredService<ILoggerFactory>(), CancellationToken.None);
    var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
    _ = garnet.Completion.ContinueWith(_ => lifetime.StopApplication(), TaskContinuationOptions.OnlyOnFaulted);
    await host.RunAsync();
    return garnet.Completion.IsFaulted ? 1 : 0;
}
catch (Exception e) when (FleetHost.Explain(e) is { } reason)
{
    await Console.Error.WriteLineAsync($"garnet cannot start: {reason}");
    return FleetHost.ExitCodeOf(e);
}
