using System.Security.Cryptography;
using System.Text;

namespace Fleet.RealmServer.HostShells;

/// <summary>One version of the host shell: the exact bytes, their token, and the slices around the places where rendered text is inserted.</summary>
internal sealed class ShellDocument
{
    private readonly byte[] _bytes;
    private readonly ShellMarkers? _markers;

    /// <param name="bytes">The bytes of the document.</param>
    /// <param name="builtAt">When this version was built.</param>
    /// <param name="assets">The referenced files that may change without a change of name.</param>
    public ShellDocument(byte[] bytes, DateTimeOffset builtAt, IReadOnlyList<ShellAsset> assets)
    {
        _bytes = bytes;
        // Latin-1 decodes one character per byte, so positions in the text are positions in the bytes.
        var html = Encoding.Latin1.GetString(bytes);
        _markers = ShellMarkers.Find(html);
        HasMarkers = html.Contains(ShellMarkers.BodyMarker, StringComparison.Ordinal);
        OpenAtEnd = DocumentEnd.FindOpen(html);
        BuiltAt = builtAt;
        Assets = assets;
        var assetDigests = string.Concat(assets.Select(asset => $"\n{asset.Path} {asset.Digest}"));
        // MD5 only identifies the shell and protects nothing; all services of the fleet use it as the token.
#pragma warning disable CA5351
        Token = Convert.ToHexStringLower(MD5.HashData([.. bytes, .. Encoding.UTF8.GetBytes(assetDigests)]));
#pragma warning restore CA5351
    }

    /// <summary>MD5 of <see cref="Bare"/> and of the paths and digests of <see cref="Assets"/>, 32 lower-case hex digits.</summary>
    public string Token { get; }

    /// <summary>The referenced files whose names do not change with their content.</summary>
    public IReadOnlyList<ShellAsset> Assets { get; }

    public DateTimeOffset BuiltAt { get; }

    /// <summary>Whether the shell marks the place for rendered text, so that it is one of an app that keeps the host contract. Such an app may have a shell without markers.</summary>
    public bool HasMarkers { get; }

    /// <summary>The unmodified shell. The markers are included, since they are HTML comments.</summary>
    public ReadOnlyMemory<byte> Bare => _bytes;

    /// <summary>Whether rendered text can be inserted.</summary>
    public bool TakesContent => _markers is not null;

    /// <summary>The bytes before the head's text.</summary>
    public ReadOnlyMemory<byte> BeforeHead => _bytes.AsMemory(..Markers.Head.Start);

    /// <summary>The bytes between the head's text and the body's text.</summary>
    public ReadOnlyMemory<byte> BeforeBody => _bytes.AsMemory(Markers.Head.End..Markers.Body.Start);

    /// <summary>The bytes after the body's text.</summary>
    public ReadOnlyMemory<byte> AfterBody => _bytes.AsMemory(Markers.Body.End..);

    /// <summary>What the document ends in although it needs an end; null if it is complete. A shell that was complete and no longer is, is half-written.</summary>
    public string? OpenAtEnd { get; }

    private ShellMarkers Markers => _markers ?? throw new InvalidOperationException("This shell cannot take rendered text; check TakesContent first.");
}
