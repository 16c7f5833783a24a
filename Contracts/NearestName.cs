namespace Fleet.Contracts;

/// <summary>Finds the known name that a misspelled one most likely means, and words the error about it.</summary>
public static class NearestName
{
    /// <summary>The known name with the fewest edits (a character inserted, removed, replaced, or swapped with its neighbour; case is ignored). Null when even that one
    /// differs in more than a third of the longer name's characters.</summary>
    public static string? Of(string name, IEnumerable<string> known) => known
        .Select(candidate => (Name: candidate, Edits: Edits(name.ToLowerInvariant(), candidate.ToLowerInvariant()), Max: Math.Max(name.Length, candidate.Length) / 3))
        .Where(candidate => candidate.Edits <= candidate.Max)
        .OrderBy(candidate => candidate.Edits).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    /// <summary>A sentence about an unknown name: <c>'fulPage' is not a parameter of /screenshot; did you mean 'fullPage'?</c> It lists the known names when none is near.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="kind">What the name should be: <c>parameter</c>.</param>
    /// <param name="owner">What has the known names: <c>/screenshot</c>.</param>
    /// <param name="known">The known names.</param>
    public static string Explain(string name, string kind, string owner, IReadOnlyCollection<string> known) =>
        $"{Quoted.Of(name)} is not {(kind[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {kind} of {owner}" + (Of(name, known) is { } nearest ? $"; did you mean '{nearest}'?"
            : known.Count == 0 ? $", which has no {kind}s."
            : $". Its {kind}s: {string.Join(", ", known)}.");

    // Optimal string alignment. Names from a request may be long, and one much longer than a known name is never near it.
    private static int Edits(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > Math.Max(a.Length, b.Length) / 3)
        {
            return int.MaxValue;
        }

        var (twoBack, back, row) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray(), new int[b.Length + 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(back[j], row[j - 1]) + 1, back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], twoBack[j - 2] + 1);
                }
            }

            (twoBack, back, row) = (back, row, twoBack);
        }

        return back[b.Length];
    }
}
