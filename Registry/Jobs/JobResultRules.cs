using Fleet.Contracts;

namespace Fleet.Registry.Jobs;

/// <summary>Shortens a result that does not fit within the bounds.</summary>
public static class JobResultRules
{
    /// <summary>The reason of a result without one of its own.</summary>
    public const string Full = "results-full";

    /// <summary>The URL, what became of it and why, without details: at most about 2 KiB.</summary>
    public static JobUrlResult Shorten(JobUrlResult result) =>
        new() { Url = result.Url, Outcome = result.Outcome, Status = result.Status, Depth = result.Depth, Attempts = result.Attempts, Reason = result.Reason ?? Full };
}
