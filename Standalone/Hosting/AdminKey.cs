using System.Security.Cryptography;
using Fleet.ServiceDefaults;

namespace Fleet.Standalone.Hosting;

/// <summary>The key of the operator routes.</summary>
/// <param name="Value">The key.</param>
/// <param name="File">The file that holds it; null when the key is known to this process only.</param>
internal sealed record AdminKey(string Value, string? File)
{
    private const string FileName = "admin-key";
    private const int MinLength = 8;
    private const int MaxLength = 256;

    /// <summary>Generates a key that is known to this process only.</summary>
    public static AdminKey Generate() => new(RandomNumberGenerator.GetHexString(32, lowercase: true), null);

    /// <summary>Reads the key from <paramref name="file"/>, else from the data folder, where the first start generates it. Without both, generates a key.</summary>
    /// <exception cref="StartException">The file cannot be read, or its content is not a key.</exception>
    public static AdminKey Open(string? file, string? dataFolder)
    {
        if ((file ?? (dataFolder is null ? null : Path.Combine(dataFolder, FileName))) is not { } path)
        {
            return Generate();
        }

        path = Path.GetFullPath(path);
        try
        {
            if (file is null && !System.IO.File.Exists(path))
            {
                Create(path);
            }

            var key = System.IO.File.ReadAllText(path).Trim();
            return IsKey(key) ? new(key, path) : throw new StartException(
                $"The admin key in '{path}' has {key.Length} characters: it must be {MinLength} to {MaxLength} visible ASCII characters without spaces.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The admin key in '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static bool IsKey(string text) => text.Length is >= MinLength and <= MaxLength && text.All(c => c is > ' ' and <= '~');

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(Generate().Value);
    }
}
