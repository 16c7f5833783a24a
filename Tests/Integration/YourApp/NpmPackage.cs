using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Fleet.Tests.YourApp;

/// <summary>An exact version of an npm package without its dependencies, in a temp folder that is removed afterwards.</summary>
internal sealed class NpmPackage : IDisposable
{
    private readonly string _folder;

    private NpmPackage(string folder) => _folder = folder;

    /// <summary>The package's files.</summary>
    public string Folder => Path.Combine(_folder, "package");

    /// <summary>Gets it, from npm's cache if it is there. Skips the test if there is no npm or no access to a registry.</summary>
    /// <param name="name">Its name and version: <c>name@1.2.3</c>.</param>
    /// <param name="sha512">Hash of the archive, in hex: any other archive of that name is refused.</param>
    public static async Task<NpmPackage> GetAsync(string name, string sha512)
    {
        var package = new NpmPackage(Directory.CreateTempSubdirectory("fleet-npm-").FullName);
        try
        {
            await NodeProject.NpmAsync(
                package._folder, ["pack", name, "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"], TestContext.Current.CancellationToken);
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
}
