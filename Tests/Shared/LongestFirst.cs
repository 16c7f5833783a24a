using Xunit.Sdk;
using Xunit.v3;

namespace Fleet.Tests;

/// <summary>Starts the named collections first, in this order, and then the others by name. A long collection that starts late runs alone at the end.</summary>
public abstract class LongestFirst(params string[] first) : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private int Rank(string name) => Array.FindIndex(first, part => name.Contains(part, StringComparison.Ordinal)) is var index and >= 0 ? index : first.Length;
}
