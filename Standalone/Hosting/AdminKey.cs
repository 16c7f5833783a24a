using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;

namespace Fleet.Standalone.Hosting;

/// <summary>The key of the operator routes.</summary>
/// <param name="Value">The key.</param>
/// <param name="File">The file that holds it; null when the key is known to this process only.</param>
internal sealed record AdminKey(string Value, string? File)
{
    private const string FileName = "admin-key";

    /// <summary>Generates a key that is known to this process only.</summary>
    public static AdminKey Generate() => new(AdminKeyRules.Generate(), null);

    /// <summary>Reads the key from <paramref name="file"/> (<c>-</c> is standard input), else from the environment (<c>Fleet:AdminKeyFile</c> or <c>Fleet:AdminKey</c>),
    /// else from the data folder, where the first start generates it. Without all of them, generates a key.</summary>
    /// <exception cref="StartException">The file cannot be read, or what was given is not a key.</exception>
    public static AdminKey Open(string? file, IConfiguration environment, string? dataFolder)
    {
        if (string.IsNullOrWhiteSpace(file) && !string.IsNullOrWhiteSpace(environment["Fleet:AdminKeyFile"]) && environment["Fleet:AdminKey"] is { Length: > 0 })
        {
            throw new StartException(FleetOptions.BothKeys);
        }

        file = new[] { file, environment["Fleet:AdminKeyFile"] }.FirstOrDefault(static name => !string.IsNullOrWhiteSpace(name));
        if (file == AdminKeyRules.StandardInput)
        {
            return new(AdminKeyRules.Read(file), null);
        }

        if (file is null && environment["Fleet:AdminKey"] is { Length: > 0 } key)
        {
            return AdminKeyRules.IsKey(key) ? new(key, null) : throw new StartException($"Fleet:AdminKey has {key.Length} characters: {AdminKeyRules.Requirement}");
        }

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

            return new(AdminKeyRules.Read(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The admin key cannot be written to '{path}': {e.Message}", e);
        }
    }

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
