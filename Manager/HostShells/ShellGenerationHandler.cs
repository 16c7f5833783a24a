using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.HostShells;

/// <summary>Sends the shell generation that this manager knows, so that a server that missed the change notification re-reads the registry.</summary>
internal sealed class ShellGenerationHandler(FleetViews views) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (views.Current.Shell is { } shell)
        {
            request.Headers.Add(FleetHeaders.ShellGeneration, shell.Generation.ToString(CultureInfo.InvariantCulture));
        }

        return base.SendAsync(request, cancellationToken);
    }
}
