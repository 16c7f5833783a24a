namespace Fleet.Registry.Pages;

/// <summary>A page as bytes, within bounds.</summary>
internal static class StoredPageJson
{
    /// <summary>Most bytes of one page, all formats together: 8 MiB. A larger value would hold up every other caller of a
    /// single-threaded Redis while it is copied.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="PageTooLargeException">It is larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Write(StoredPage page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page.SourceVersion, "StoredPage.SourceVersion");
        ArgumentOutOfRangeException.ThrowIfNegative(page.Generation, "StoredPage.Generation");
        var bytes = RegistryJson.WriteBytes(page);
        return bytes.Length <= MaxBytes ? bytes : throw new PageTooLargeException(page.Url, bytes.Length, MaxBytes);
    }
}
