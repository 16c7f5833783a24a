namespace Fleet.ServiceDefaults;

/// <summary>A file that one process at a time holds open. The lock ends with the process, however it ends.</summary>
public static class FileLock
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <summary>Locks a file, which is created if need be.</summary>
    /// <returns>The lock; null if another process, or this one, holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened, for another reason than a lock.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation || e.HResult == (OperatingSystem.IsMacOS() ? MacWouldBlock : LinuxWouldBlock))
        {
            return null;
        }
    }
}
