using System.Globalization;
using Fleet.Garnet;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

try
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddServiceDefaults();
    using var host = builder.Build();
    var port = builder.Configuration["Garnet:Port"];
    using var garnet = EmbeddedGarnet.Start(
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue
            ? number
            : throw new StartException($"Garnet:Port is '{port}': it must be a TCP port from 1 to 65535."),
        builder.Configuration["Garnet:Data"],
        builder.Configuration["Garnet:Password"],
        host.Services.GetRequiredService<ILoggerFactory>());
    await host.RunAsync();
    return 0;
}
catch (Exception e) when (FleetHost.Explain(e) is { } reason)
{
    await Console.Error.WriteLineAsync($"garnet cannot start: {reason}");
    return FleetHost.CannotStart;
}
