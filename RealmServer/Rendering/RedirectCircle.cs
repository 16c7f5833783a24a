using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Rendering;

/// <summary>Finds redirects that lead back to where they begin. A render sees only the first of them, so a crawler would follow them endlessly.</summary>
internal static class RedirectCircle
{
    private const int MaxSteps = 10;

    /// <summary>The addresses of the circle, the first one again at its end; null if the redirect leads to a page, to another site, or to an address that is not known yet.</summary>
    /// <param name="url">The address that redirects.</param>
    /// <param name="target">Where to.</param>
    /// <param name="redirectOf">Where a known address redirects to; null if it does not, or is not known.</param>
    public static async Task<IReadOnlyList<string>?> FindAsync(string url, string target, Func<string, Task<string?>> redirectOf)
    {
        List<string> steps = [ExactUrl.WithoutFragment(url)];
        for (var next = target; next is not null && steps.Count <= MaxSteps; next = await redirectOf(steps[^1]))
        {
            steps.Add(ExactUrl.WithoutFragment(next));
            if (steps[^1] == steps[0])
            {
                return steps;
            }
        }

        return null;
    }
}
