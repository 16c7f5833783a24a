using System.Globalization;
using Fleet.ServiceDefaults;

namespace Fleet.Garnet;

/// <summary>The folder of the append-only log: <c>log-N</c> is in use, <c>log-N.new</c> is being written. A file that stays locked while the process
/// lives keeps a second process out.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string Prefix = "log-";
    private const string Unfinished = ".new";
    private const string RewrittenSizeName = "rewritten-size";

    private readonly string _root;
    private readonly FileStream _lock;
    private int _generation;

    private DataFolder(string root, FileStream lockFile) => (_root, _lock) = (root, lockFile);

    /// <summary>Folder of the log that is in use.</summary>
    public string Current => Path.Combine(_root, Prefix + _generation.ToString(CultureInfo.InvariantCulture));

    /// <summary>Size of that log, in bytes.</summary>
    public long CurrentBytes => SizeOf(Current);

    /// <summary>Its size right after it was rewritten, in bytes; 0 when it never was.</summary>
    public long RewrittenBytes =>
        File.Exists(Path.Combine(Current, RewrittenSizeName))
        && long.TryParse(File.ReadAllText(Path.Combine(Current, RewrittenSizeName)), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private string Next => Path.Combine(_root, Prefix + (_generation + 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates the folder if need be, locks it, and removes what an interrupted rewrite left behind.</summary>
    /// <exception cref="StartException">The folder is in use or cannot be written.</exception>
    public static DataFolder Open(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            var folder = new DataFolder(root, Lock(root));
            folder.TidyUp();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder '{root}' cannot be used: {e.Message} Make it writable, or name another folder.", e);
        }
    }

    /// <summary>Starts the next log, empty.</summary>
    public string CreateNext() => Directory.CreateDirectory(Next + Unfinished).FullName;

    /// <summary>Makes the next log the one in use. The rename is the switch: a process that is killed before it starts again with the old log.</summary>
    public void AdoptNext()
    {
        var old = Current;
        File.WriteAllText(Path.Combine(Next + Unfinished, RewrittenSizeName), SizeOf(Next + Unfinished).ToString(CultureInfo.InvariantCulture));
        Directory.Move(Next + Unfinished, Next);
        _generation++;
        Directory.Delete(old, recursive: true);
    }

    /// <summary>Removes the next log.</summary>
    public void DiscardNext()
    {
        if (Directory.Exists(Next + Unfinished))
        {
            Directory.Delete(Next + Unfinished, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string root)
    {
        var path = Path.Combine(root, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new StartException($"The data folder '{root}' is in use by another process. Stop that one, or name another folder.", e);
        }
    }

    private void TidyUp()
    {
        var generations = new List<int>();
        foreach (var log in Directory.EnumerateDirectories(_root, Prefix + "*").ToList())
        {
            if (log.EndsWith(Unfinished, StringComparison.Ordinal))
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
