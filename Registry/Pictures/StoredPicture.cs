namespace Fleet.Registry.Pictures;

/// <summary>A picture of a page as it is kept: JPEG.</summary>
/// <param name="Realm">What the page is kept under.</param>
/// <param name="Url">URL of the page; the key within the realm.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Bytes">The file.</param>
public sealed record StoredPicture(string Realm, string Url, PictureFacts Facts, byte[] Bytes);
