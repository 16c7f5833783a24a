using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Rendering;

/// <summary>Decides when a render that the manager rejected is submitted again. Only the manager repeats renders: a render is submitted again here only if it
/// was rejected for lack of capacity. It waits at least as long as the error says, and keeps the deadline and the attempts of the first submission.</summary>
internal static class Resubmission
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));

    /// <summary>The pause before the next submission; null if there must be none.</summary>
    /// <param name="problem">Why the manager rejected the render.</param>
    /// <param name="attemptsLeft">How often the render may still be sent to a prerender server; null if it was sent to none yet.</param>
    /// <param name="submissions">Number of submissions so far.</param>
    /// <param name="left">The time left until the deadline.</param>
    /// <param name="random">A random number from 0 to 1, by which the back-off is shortened by up to a fifth.</param>
    public static TimeSpan? PauseAfter(ManagerProblem problem, int? attemptsLeft, int submissions, TimeSpan left, double random)
    {
        if (!problem.IsBusy || attemptsLeft == 0)
        {
            return null;
        }

        var backoff = s_backoff.After(submissions, random);
        var pause = problem.RetryAfter > backoff ? problem.RetryAfter.Value : backoff;
        return left - pause >= TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs) ? pause : null;
    }
}
