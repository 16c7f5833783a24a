using System.Security.Cryptography;
using System.Text;

namespace Fleet.RealmServer.HostShells;

/// <summary>One version of the host shell: the exact bytes, their token, and the same bytes cut where rendered text goes in.</summary>
internal sealed class ShellDocument
{
    private readonly byte[] _bytes;
    private readonly ShellMarkers? _markers;

    /// <param name="bytes">The document.</param>
    /// <param name="builtAt">When this version was built.</param>
    /// <param name="assets">What it names and what may change under its name.</param>
    public ShellDocument(byte[] bytes, DateTimeOffset builtAt, IReadOnlyList<ShellAsset> assets)
    {
        _bytes = bytes;
        // One character per byte: positions in the text are positions in the bytes.
        var html = Encoding.Latin1.GetString(bytes);
        _markers = ShellMarkers.Find(html);
        IsClosed = html.Contains("</html", StringComparison.OrdinalIgnoreCase);
        BuiltAt = builtAt;
        Assets = assets;
        var named = string.Concat(assets.Select(asset => $"\n{asset.Path} {asset.Digest}"));
        // md5 names the shell, it protects nothing; every service of the fleet knows a shell by it.
#pragma warning disable CA5351
        Token = Convert.ToHexStringLower(MD5.HashData([.. bytes, .. Encoding.UTF8.GetBytes(named)]));
#pragma warning restore CA5351
    }

    /// <summary>md5 of <see cref="Bare"/> and of the digests of <see cref="Assets"/>, 32 lower-case hex digits.</summary>
    public string Token { get; }

    /// <summary>The files that it names and whose names do not change with their content.</summary>
    public IReadOnlyList<ShellAsset> Assets { get; }

    public DateTimeOffset BuiltAt { get; }

    /// <summary>The shell as it stands in the file, markers included: they are comments.</summary>
    public ReadOnlyMemory<byte> Bare => _bytes;

    /// <summary>Whether rendered text can be put into it.</summary>
    public bool TakesContent => _markers is not null;

    /// <summary>What stands before the head's text.</summary>
    public ReadOnlyMemory<byte> BeforeHead => _bytes.AsMemory(..Markers.Head.Start);

    /// <summary>What stands between the head's text and the body's.</summary>
    public ReadOnlyMemory<byte> BeforeBody => _bytes.AsMemory(Markers.Head.End..Markers.Body.Start);

    /// <summary>What stands after the body's text.</summary>
    public ReadOnlyMemory<byte> AfterBody => _bytes.AsMemory(Markers.Body.End..);

    /// <summary>Whether the document was written to its end.</summary>
    public bool IsClosed { get; }

    private ShellMarkers Markers => _markers ?? throw new InvalidOperationException("This shell has no place for rendered text; ask TakesContent first.");
}
