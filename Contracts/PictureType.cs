namespace Fleet.Contracts;

/// <summary>File type of a picture of a page.</summary>
public enum PictureType
{
    /// <summary>Lossless.</summary>
    Png,

    /// <summary>Small, for photographs.</summary>
    Jpeg,

    /// <summary>Small.</summary>
    Webp,

    /// <summary>Paged, as it would be printed.</summary>
    Pdf,
}
