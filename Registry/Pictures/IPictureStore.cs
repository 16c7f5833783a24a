namespace Fleet.Registry.Pictures;

/// <summary>Pictures of pages, beside the pages: a page is read with every visit, its picture seldom.</summary>
public interface IPictureStore
{
    /// <summary>The picture of a page; null when there is none. One read.</summary>
    Task<StoredPicture?> GetAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>What is known of a page's picture; null when there is none.</summary>
    Task<PictureFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>What is known of every picture of a realm, by the page's URL.</summary>
    Task<IReadOnlyDictionary<string, PictureFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Stores a picture in place of an earlier one. False when the realm's pictures would take more than <paramref name="maxBytes"/> together.</summary>
    Task<bool> StoreAsync(StoredPicture picture, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Forgets the picture of a page.</summary>
    Task RemoveAsync(string realm, string url, CancellationToken cancellationToken);
}

/// <summary>What is known of a stored picture without reading it.</summary>
/// <param name="Tag">Changes with the picture's bytes: 16 lower-case hex digits.</param>
/// <param name="Look">The look of the page that it was taken of.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PictureFacts(string Tag, string Look, int Width, int Height);

/// <summary>A picture of a page as it is kept: JPEG.</summary>
/// <param name="Realm">What the page is kept under.</param>
/// <param name="Url">URL of the page; the key within the realm.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Bytes">The file.</param>
public sealed record StoredPicture(string Realm, string Url, PictureFacts Facts, byte[] Bytes);
