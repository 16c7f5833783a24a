using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.Registry.Jobs;

namespace Fleet.Tests.Manager;

public sealed class JobBudgetTests
{
    // The newest first: size, and 'e' for ended, 'r' for running, 'w' for ended with a pending webhook.
    [Theory]
    [InlineData("40e 30e 30e", 100, "", false)]
    [InlineData("40e 30e 31e", 100, "2", false)]
    [InlineData("40e 30e 31e", 50, "2 1", false)]
    [InlineData("60r 30e 31e", 100, "2", false)]
    [InlineData("60r 50r 31e", 100, "2", true)]
    [InlineData("60e 50w", 100, "0", false)]
    [InlineData("60e 0e 50e", 60, "2", false)]
    [InlineData("0e", 0, "", false)]
    public void For_Results_TheOldestEndedJobsMakeRoom(string jobs, long max, string removed, bool isFull)
    {
        var records = jobs.Split(' ').Select((job, place) => new JobRecord
        {
            Id = $"{place}",
            Definition = new(JobKind.Batch, new()),
            State = job.EndsWith('r') ? JobState.Running : JobState.Completed,
            CreatedAt = default,
            ReadAt = default,
            EndedAt = job.EndsWith('r') ? null : default(DateTimeOffset),
            ResultBytes = long.Parse(job[..^1], System.Globalization.CultureInfo.InvariantCulture),
            Webhook = job.EndsWith('w') ? new("http://h/", JobWebhookState.Pending, 0) : null,
        }).ToList();
        var (ids, full) = JobBudget.For(records, max);
        Assert.Equal((removed, isFull), (string.Join(' ', ids), full));
    }
}
