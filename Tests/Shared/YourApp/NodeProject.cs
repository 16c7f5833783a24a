using System.Diagnostics;
using Fleet.Tests.Docs;

namespace Fleet.Tests.YourApp;

/// <summary>A copy of an npm project in a temp folder, removed afterwards.</summary>
internal sealed class NodeProject : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly string[] s_offline = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED"];

    /// <param name="path">Folder of the project, below the repository's.</param>
    public NodeProject(string path) => Copy(Repository.File(path), Folder);

    /// <summary>The project.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("fleet-node-").FullName;

    /// <summary>The output folder of <c>npm run build</c>.</summary>
    public string Dist => Path.Combine(Folder, "dist");

    /// <summary>Why npm is not available; null when it is.</summary>
    public static string? Missing => Find("node") is null || Find("npm") is null
        ? "node and npm are not on the PATH, and an app cannot be built without them."
        : null;

    /// <summary>Copies a folder with all files in it.</summary>
    public static void Copy(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Replaces text in a file, which must have it.</summary>
    public void Edit(string name, string text, string by)
    {
        var path = Path.Combine(Folder, name);
        var old = File.ReadAllText(path);
        Assert.Contains(text, old, StringComparison.Ordinal);
        File.WriteAllText(path, old.Replace(text, by, StringComparison.Ordinal));
    }

    /// <summary>Runs npm in the project's folder.</summary>
    public Task NpmAsync(params string[] arguments) => NpmAsync(Folder, arguments, TestContext.Current.CancellationToken);

    /// <summary>Runs npm, which must succeed. Skips the test where there is no npm, and where npm reaches no registry.</summary>
    public static async Task NpmAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var (exit, output) = await RunAsync("npm", folder, arguments, cancellationToken);
        Assert.SkipWhen(exit != 0 && s_offline.Any(code => output.Contains(code, StringComparison.Ordinal)), $"npm {string.Join(' ', arguments)} reaches no registry.");
        Assert.True(exit == 0, $"npm {string.Join(' ', arguments)} ended with {exit}.\n{output}");
    }

    /// <summary>Runs a script, which must succeed.</summary>
    public static async Task NodeAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var (exit, output) = await RunAsync("node", folder, arguments, cancellationToken);
        Assert.True(exit == 0, $"node {string.Join(' ', arguments)} ended with {exit}.\n{output}");
    }

    /// <summary>Runs a program of Node.js, and ends it when the test ends or after 5 minutes.</summary>
    /// <returns>Its exit code, and what it wrote.</returns>
    public static async Task<(int Exit, string Output)> RunAsync(string name, string folder, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        using var program = Process.Start(new ProcessStartInfo(Find(name)!, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            program.StandardInput.Close();
            var output = await Task.WhenAll(program.StandardOutput.ReadToEndAsync(limit.Token), program.StandardError.ReadToEndAsync(limit.Token));
            await program.WaitForExitAsync(limit.Token);
            return (program.ExitCode, string.Concat(output));
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A program on the PATH; null when it is not there.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".cmd" : name))
        .FirstOrDefault(File.Exists);
}
