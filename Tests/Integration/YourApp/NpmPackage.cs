using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Fleet.Tests.YourApp;

/// <summary>What somebody published on npm, in exactly one version, without what it depends on. In a temp folder, removed afterwards.</summary>
internal sealed class NpmPackage : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);
    private static readonly string[] s_offline = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED"];

    private readonly string _folder;

    private NpmPackage(string folder) => _folder = folder;

    /// <summary>The package's files.</summary>
    public string Folder => Path.Combine(_folder, "package");

    /// <summary>Gets it, from npm's cache if it is there. Skips the test where there is no npm and no way to a registry.</summary>
    /// <param name="name">Its name and version: <c>name@1.2.3</c>.</param>
    /// <param name="sha512">Of the archive, in hex: whatever else comes under that name is refused.</param>
    public static async Task<NpmPackage> GetAsync(string name, string sha512)
    {
        Assert.SkipWhen(NodeProject.Missing is not null, NodeProject.Missing ?? "");
        var package = new NpmPackage(Directory.CreateTempSubdirectory("fleet-npm-").FullName);
        try
        {
            var (exit, said) = await PackAsync(name, package._folder);
            Assert.SkipWhen(exit != 0 && s_offline.Any(code => said.Contains(code, StringComparison.Ordinal)), $"{name} cannot be had: npm reaches no registry.");
            Assert.True(exit == 0, $"npm pack {name} ended with {exit}.\n{said}");
            var archive = Assert.Single(Directory.GetFiles(package._folder, "*.tgz"));
            await using (var file = File.OpenRead(archive))
            {
                Assert.Equal(sha512, Convert.ToHexStringLower(await SHA512.HashDataAsync(file, TestContext.Current.CancellationToken)));
                file.Position = 0;
                await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
                await TarFile.ExtractToDirectoryAsync(unpacked, package._folder, overwriteFiles: true, TestContext.Current.CancellationToken);
            }

            return package;
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int Exit, string Said)> PackAsync(string name, string folder)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        using var npm = Process.Start(new ProcessStartInfo(NodeProject.Find("npm")!, ["pack", name, "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var said = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(limit.Token), npm.StandardError.ReadToEndAsync(limit.Token));
            await npm.WaitForExitAsync(limit.Token);
            return (npm.ExitCode, string.Concat(said));
        }
        finally
        {
            if (!npm.HasExited)
            {
                npm.Kill(entireProcessTree: true);
            }
        }
    }
}
