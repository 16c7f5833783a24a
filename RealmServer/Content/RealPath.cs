namespace Fleet.RealmServer.Content;

/// <summary>Resolves symbolic links, so that a link inside a served folder does not serve what is outside of it.</summary>
internal static class RealPath
{
    /// <summary>Maximum number of links on the way to a file, as in Linux: 40. More are taken for a circle.</summary>
    private const int MaxLinks = 40;

    /// <summary>The path with every link on the way resolved; null if a component is missing, cannot be read, or is part of a circle of links.</summary>
    /// <param name="path">An absolute path.</param>
    public static string? Of(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            var resolved = Path.GetPathRoot(full)!;
            var left = new Stack<string>(Components(full[resolved.Length..]));
            for (var links = 0; left.TryPop(out var name);)
            {
                // Only targets of links have such components. They refer to the real parent, not to that of the link.
                if (name is "." or "..")
                {
                    resolved = name == "." ? resolved : Path.GetDirectoryName(resolved) ?? resolved;
                    continue;
                }

                var next = Path.Combine(resolved, name);
                if (new FileInfo(next).LinkTarget is not { } target)
                {
                    resolved = next;
                    continue;
                }

                if (++links > MaxLinks)
                {
                    return null;
                }

                var root = Path.GetPathRoot(target)!;
                resolved = root.Length > 0 ? root : resolved;
                foreach (var component in Components(target[root.Length..]))
                {
                    left.Push(component);
                }
            }

            return Path.Exists(resolved) ? resolved : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Where a file below a folder really is, relative to the folder's own real path and with <c>/</c> between components; null if it is outside, is
    /// missing, or cannot be resolved.</summary>
    public static string? Below(string folder, string path)
    {
        // Links above the folder are the operator's choice: a deploy may switch the whole folder by a link.
        if (Of(folder) is not { } root || Of(path) is not { } real)
        {
            return null;
        }

        var prefix = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return real.StartsWith(prefix, comparison) ? real[prefix.Length..].Replace(Path.DirectorySeparatorChar, '/') : null;
    }

    // The last component first, as a stack needs them.
    private static IEnumerable<string> Components(string relative) =>
        relative.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse();
}
