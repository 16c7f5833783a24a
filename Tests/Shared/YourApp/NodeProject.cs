using System.Diagnostics;
using Fleet.Tests.Docs;

namespace Fleet.Tests.YourApp;

/// <summary>A copy of an npm project in a temp folder, removed afterwards.</summary>
internal sealed class NodeProject : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-node-").FullName;

    /// <param name="path">Folder of the project, below the repository's.</param>
    public NodeProject(string path)
    {
        var source = Repository.File(path);
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>What <c>npm run build</c> makes.</summary>
    public string Dist => Path.Combine(_folder, "dist");

    /// <summary>Why there is no npm to run; null when there is.</summary>
    public static string? Missing => Find("node") is null || Find("npm") is null
        ? "node and npm are not on the PATH, and an app cannot be built without them."
        : null;

    /// <summary>Replaces text in a file, which must have it.</summary>
    public void Edit(string name, string text, string by)
    {
        var path = Path.Combine(_folder, name);
        var old = File.ReadAllText(path);
        Assert.Contains(text, old, StringComparison.Ordinal);
        File.WriteAllText(path, old.Replace(text, by, StringComparison.Ordinal));
    }

    /// <summary>Runs npm, which must succeed.</summary>
    public async Task NpmAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        using var npm = Process.Start(new ProcessStartInfo(Find("npm")!, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = npm.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = npm.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await npm.WaitForExitAsync(limit.Token);
            Assert.True(npm.ExitCode == 0, $"npm {string.Join(' ', arguments)} ended with {npm.ExitCode}.\n{await output}\n{await errors}");
        }
        finally
        {
            if (!npm.HasExited)
            {
                npm.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A program on the PATH; null when it is not there.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".cmd" : name))
        .FirstOrDefault(File.Exists);
}
