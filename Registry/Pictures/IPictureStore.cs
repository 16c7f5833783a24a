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
