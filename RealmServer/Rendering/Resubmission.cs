using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Rendering;

/// <summary>When a render that the manager did not take is submitted again. Only the manager repeats a render: what is submitted again here has been
/// refused for lack of capacity, waits as long as the refusal says, and keeps deadline and attempts of the first submission.</summary>
internal static class Resubmission
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));

    /// <summary>The pause before the next submission; null when there is none.</summary>
    /// <param name="problem">Why the manager did not take the render.</param>
    /// <param name="attemptsLeft">How often the render may still reach a prerender server; null when it has reached none.</param>
    /// <param name="submissions">Submissions so far.</param>
    /// <param name="left">What is left of the deadline.</param>
    /// <param name="random">0 to 1: which part of a fifth the back-off is shortened by.</param>
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
