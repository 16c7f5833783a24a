using System.Globalization;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>A picture as the manager's <c>GET /screenshot</c> is asked for it.</summary>
internal static class PictureQuery
{
    public static QueryString Of(PictureRequest request) => QueryString.Create(new Dictionary<string, string?>
    {
        ["url"] = request.Url,
        ["affinity"] = request.Affinity,
        ["format"] = request.Format?.ToString(),
        ["type"] = request.Type.ToString(),
        ["width"] = Text(request.Width),
        ["height"] = Text(request.Height),
        ["deadlineMs"] = Text(request.DeadlineMs),
        ["priority"] = Text(request.Priority),
    });

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
