namespace Fleet.Contracts;

/// <summary>A device that a page can be shown on.</summary>
public sealed class DevicePreset(string name, int width, int height, double scale, string? platform, string? userAgent, string? model = null)
{
    private const string IPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    private const string IPad = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    private const string Android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

    /// <summary>Its name in requests; case does not matter.</summary>
    public string Name => name;

    /// <summary>Width of the viewport in CSS pixels.</summary>
    public int Width => width;

    /// <summary>Height of the viewport in CSS pixels.</summary>
    public int Height => height;

    /// <summary>Device pixels per CSS pixel.</summary>
    public double Scale => scale;

    /// <summary>The value of <c>navigator.platform</c>; null for the browser's own.</summary>
    public string? Platform => platform;

    /// <summary>The user agent; null for the browser's own.</summary>
    public string? UserAgent => userAgent;

    /// <summary>The model that Chrome tells; null for a device of another browser.</summary>
    public string? Model => model;

    /// <summary>Whether it is a mobile device: with touch, and with a viewport that <c>meta viewport</c> determines.</summary>
    public bool IsMobile => UserAgent is not null;

    /// <summary>All devices. <c>mobile</c> and <c>tablet</c> stand for a common device, which a later version may change.</summary>
    public static IReadOnlyList<DevicePreset> All { get; } =
    [
        new("desktop", 1280, 800, 1, null, null),
        new("mobile", 412, 915, 2.625, "Linux armv81", Android, "Pixel 8"),
        new("tablet", 820, 1180, 2, "iPad", IPad),
        new("iphone-15", 393, 852, 3, "iPhone", IPhone),
        new("iphone-se", 375, 667, 2, "iPhone", IPhone),
        new("pixel-8", 412, 915, 2.625, "Linux armv81", Android, "Pixel 8"),
        new("galaxy-s24", 360, 780, 3, "Linux armv81", Android, "SM-S921B"),
        new("ipad", 820, 1180, 2, "iPad", IPad),
    ];

    /// <summary>The device of a name; null when there is none.</summary>
    public static DevicePreset? Find(string? name) => All.FirstOrDefault(device => device.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
