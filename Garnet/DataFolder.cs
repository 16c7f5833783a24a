using System.Globalization;
using Fleet.ServiceDefaults;

namespace Fleet.Garnet;

/// <summary>The folder of the append-only log: <c>log-N</c> is in use, <c>log-N.new</c> is being written. A locked file keeps a
/// second process out.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string Prefix = "log-";
    private const string UnfinishedSuffix = ".new";
    private const string RewrittenSizeName = "rewritten-size";

    private readonly string _root;
    private readonly IDisposable _lock;
    private int _generation;

    private DataFolder(string root, IDisposable lockFile) => (_root, _lock) = (root, lockFile);

    /// <summary>Folder of the current log.</summary>
    public string Current => Path.Combine(_root, Prefix + _generation.ToString(CultureInfo.InvariantCulture));

    /// <summary>Size of the current log, in bytes.</summary>
    /// <exception cref="IOException">The folder was deleted, or cannot be read.</exception>
    public long CurrentBytes => SizeOf(Current);

    /// <summary>Size of the current log right after its rewrite, in bytes; 0 when it was never rewritten.</summary>
    public long RewrittenBytes =>
        File.Exists(Path.Combine(Current, RewrittenSizeName))
        && long.TryParse(File.ReadAllText(Path.Combine(Current, RewrittenSizeName)), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private string Next => Path.Combine(_root, Prefix + (_generation + 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates the folder (mode 0700) when it does not exist, locks it, and removes what an interrupted rewrite left behind.</summary>
    /// <exception cref="StartException">The folder is in use or cannot be written.</exception>
    public static DataFolder Open(string root)
    {
        try
        {
            CreatePrivate(root);
            var folder = new DataFolder(root, Lock(root));
            folder.RemoveLeftovers();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder '{root}' cannot be used: {e.Message} Make it writable, or name another folder.", e);
        }
    }

    /// <summary>Creates the next log, empty, and returns its folder.</summary>
    public string CreateNext() => Directory.CreateDirectory(Next + UnfinishedSuffix).FullName;

    /// <summary>Makes the next log the current one. The rename is the commit point: a process that is killed earlier continues with the old log at its next start.</summary>
    public void AdoptNext()
    {
        var old = Current;
        File.WriteAllText(Path.Combine(Next + UnfinishedSuffix, RewrittenSizeName), SizeOf(Next + UnfinishedSuffix).ToString(CultureInfo.InvariantCulture));
        Directory.Move(Next + UnfinishedSuffix, Next);
        _generation++;
        Directory.Delete(old, recursive: true);
    }

    /// <summary>Removes the next log, if there is one.</summary>
    public void DiscardNext()
    {
        if (Directory.Exists(Next + UnfinishedSuffix))
        {
            Directory.Delete(Next + UnfinishedSuffix, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    // Stored pages of private realms are in the log.
    private static void CreatePrivate(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
        }
        else
        {
            Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static IDisposable Lock(string root) => FileLock.TryTake(Path.Combine(root, LockName))
        ?? throw new StartException($"The data folder '{root}' is in use by another process. Stop that process, or name another folder.") { IsTemporary = true };

    private void RemoveLeftovers()
    {
        var generations = new List<int>();
        foreach (var log in Directory.EnumerateDirectories(_root, Prefix + "*").ToList())
        {
            if (log.EndsWith(UnfinishedSuffix, StringComparison.Ordinal))
            {
                Directory.Delete(log, recursive: true);
            }
            else if (int.TryParse(Path.GetFileName(log)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            {
                generations.Add(generation);
            }
        }

        _generation = generations.DefaultIfEmpty(1).Max();
        foreach (var replaced in generations.Where(generation => generation != _generation))
        {
            Directory.Delete(Path.Combine(_root, Prefix + replaced.ToString(CultureInfo.InvariantCulture)), recursive: true);
        }

        Directory.CreateDirectory(Current);
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
