namespace Fleet.Tests.Docs;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Full path of a file in it.</summary>
    public static string File(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Fleet.sln")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new InvalidOperationException($"No Fleet.sln above {AppContext.BaseDirectory}.");
    }
}
