using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>Sends the shell generation that this service knows, so that a receiver that missed the change notification reads the registry again. A realm server may have just claimed it.</summary>
/// <param name="current">The current shell; null while none is known.</param>
public sealed class ShellGenerationHandler(Func<HostShell?> current) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (current() is { } shell)
        {
            request.Headers.Add(FleetHeaders.ShellGeneration, shell.Generation.ToString(CultureInfo.InvariantCulture));
        }

        return base.SendAsync(request, cancellationToken);
    }
}
