using System.Globalization;
using Fleet.Contracts;

namespace Fleet.RealmServer.HostShells;

/// <summary>Tells the manager which shell generation this replica knows. It has claimed it a moment ago, perhaps: nobody can know earlier.</summary>
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
