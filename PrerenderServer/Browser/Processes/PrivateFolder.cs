using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Folders that only the user of this process may enter.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Id of the user of this process; null on Windows, where each user has a temporary folder.</summary>
    public static uint? UserId => OperatingSystem.IsWindows() ? null : GetEffectiveUserId();

    /// <summary>Creates a folder with mode 0700, or gives an existing one this mode. Throws <see cref="UnauthorizedAccessException"/> if it belongs to another user or is a
    /// link: then that user could replace what is in it.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        if (new DirectoryInfo(path).LinkTarget is not null)
        {
            throw new UnauthorizedAccessException($"'{path}' is a link, which another user may have made.");
        }

        if (OperatingSystem.IsLinux() && OwnerOf(path) is { } owner && owner != GetEffectiveUserId())
        {
            throw new UnauthorizedAccessException($"'{path}' belongs to another user (id {owner}).");
        }

        if (File.GetUnixFileMode(path) != OwnerOnly)
        {
            // Only the owner may do this, so it also fails on a folder of another user.
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    /// <summary>User id of the owner of a file; null if the system does not tell.</summary>
    [SupportedOSPlatform("linux")]
    private static uint? OwnerOf(string path)
    {
        const int currentFolder = -100;
        const int noFollow = 0x100;
        const uint owner = 0x8;
        const int ownerOffset = 20;
        var result = new byte[256];
        return Statx(currentFolder, path, noFollow, owner, result) == 0
            ? (BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(result.AsSpan(ownerOffset)) : BinaryPrimitives.ReadUInt32BigEndian(result.AsSpan(ownerOffset)))
            : null;
    }

#pragma warning disable SYSLIB1054 // The generated form needs unsafe code in this project.
    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] result);
#pragma warning restore SYSLIB1054
}
