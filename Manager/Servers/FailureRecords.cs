using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>The failed renders that the prerender servers keep. The manager stores none of them.</summary>
internal sealed class FailureRecords(FleetViews views, ServerOperations servers)
{
    /// <summary>Maximum number of failures in a report.</summary>
    public const int MaxFailures = 200;

    /// <summary>Asks every server at once. A server that does not answer within <c>Manager:OperatorTimeout</c> is in the report with that reason.</summary>
    public async Task<FailureReport> ListAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(views.Current.Servers.Select(server => servers.FailuresAsync(server.Record, cancellationToken)));
        return new(
            [.. answers.SelectMany(answer => answer.Failures).OrderByDescending(failure => failure.At).ThenByDescending(failure => failure.Id).Take(MaxFailures)],
            [.. answers.Select(answer => answer.Report)]);
    }
}
