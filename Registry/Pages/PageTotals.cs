namespace Fleet.Registry.Pages;

/// <summary>The stored pages of a realm in numbers.</summary>
/// <param name="Pages">How many.</param>
/// <param name="Bytes">Their size as JSON.</param>
/// <param name="Changes">Grows with every page that is stored or removed: whoever has read at this number need not read again.</param>
public readonly record struct PageTotals(long Pages, long Bytes, long Changes);
