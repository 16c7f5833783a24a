using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Client;

/// <summary>Degraded while the manager cannot be reached or reports something severe: without the fleet, an application still serves its visitors.</summary>
internal sealed class FleetHealthCheck(FleetClient client) : IHealthCheck
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var status = await client.GetStatusAsync(cancellationToken).ConfigureAwait(false);
            return status.Alerts.FirstOrDefault(static alert => alert.Severe) is { } alert ? new(context.Registration.FailureStatus, alert.Detail) : HealthCheckResult.Healthy();
        }
        catch (FleetException e)
        {
            return new(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
