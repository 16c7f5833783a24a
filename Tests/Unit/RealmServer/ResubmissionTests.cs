using System.Net;
using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.RealmServer;

public sealed class ResubmissionTests
{
    [Theory]
    [InlineData(503, "queue-full", 2, null, 1, 30, 2.0)] // The error's Retry-After,
    [InlineData(429, "queue-full", 2, null, 1, 30, 2.0)]
    [InlineData(503, "no-servers", null, null, 1, 30, 0.5)] // else by back-off,
    [InlineData(503, "", null, null, 3, 30, 2.0)]
    [InlineData(503, "queue-full", 1, null, 4, 30, 4.0)] // and never less than the back-off.
    [InlineData(null, "", null, null, 1, 30, 0.5)] // No manager accepted it.
    [InlineData(503, "queue-full", 2, 1, 1, 30, 2.0)]
    [InlineData(503, "queue-full", 2, 0, 1, 30, null)] // No attempts are left.
    [InlineData(503, "queue-full", 29, null, 1, 30, 29.0)]
    [InlineData(503, "queue-full", 30, null, 1, 30, null)] // The deadline would pass first.
    [InlineData(503, "quarantined", 2, null, 1, 30, null)] // Not for lack of capacity.
    [InlineData(503, "breaker-open", 2, null, 1, 30, null)]
    [InlineData(504, "deadline", null, null, 1, 30, null)]
    [InlineData(400, "not-allowed", null, null, 1, 30, null)]
    [InlineData(500, "", null, null, 1, 30, null)]
    public void PauseAfter_Problem_IsForLackOfCapacityWithinDeadlineAndAttempts(
        int? status, string reason, int? retryAfter, int? attemptsLeft, int submissions, int left, double? pause)
    {
        var problem = new ManagerProblem((HttpStatusCode?)status, reason, "detail") { RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

        Assert.Equal(pause, Resubmission.PauseAfter(problem, attemptsLeft, submissions, TimeSpan.FromSeconds(left), random: 0)?.TotalSeconds);
    }
}
