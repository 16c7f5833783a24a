using System.Globalization;
using Fleet.Contracts;

namespace Fleet.RealmServer.HostShells;

/// <summary>Sends the manager the latest shell generation that this replica knows. This replica may have just claimed it, before the manager has seen it.</summary>
internal sealed class ShellGenerationHandler(HostShellClaims claims) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (claims.FleetShell is { } shell)
        {
            request.Headers.Add(FleetHeaders.ShellGeneration, shell.Generation.ToString(CultureInfo.InvariantCulture));
        }

        return base.SendAsync(request, cancellationToken);
    }
}
