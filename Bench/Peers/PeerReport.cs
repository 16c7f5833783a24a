using System.Globalization;
using System.Text;

namespace Fleet.Bench.Peers;

/// <summary>The rows as a table of Markdown, and as a chart.</summary>
internal static class PeerReport
{
    private const int Left = 300;
    private const int Width = 860;
    private const int RowHeight = 26;

    public static string Table(IReadOnlyList<PeerRow> rows)
    {
        var reference = rows.FirstOrDefault(row => row.System.Key == "prerender-tuned") ?? rows[0];
        var text = new StringBuilder($"""
            | system | renders/s | p50 ms | p95 ms | p99 ms | CPU ms | PSS MB | × {reference.System.Name} |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var row in rows)
        {
            text.Append(row).AppendLine(CultureInfo.InvariantCulture, $" {row.PerSecond / reference.PerSecond:0.0} |");
        }

        return text.ToString();
    }

    /// <summary>Bars of renders per second, on a logarithmic scale, readable on light and dark.</summary>
    public static string Chart(IReadOnlyList<PeerRow> rows)
    {
        var most = rows.Max(row => row.PerSecond);
        var least = rows.Min(row => row.PerSecond) / 2;
        var height = (rows.Count * RowHeight) + 40;
        var svg = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Renders per second of each system">
            <style>text { fill: #1f2328 } .bar { fill: #8c959f } .own { fill: #0a69da } @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .own { fill: #4493f8 } }</style>
            <text x="{{Left}}" y="18" font-weight="600">renders per second, two at a time (logarithmic)</text>

            """));
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var length = (Width - Left - 70) * Math.Log(row.PerSecond / least) / Math.Log(most / least);
            var y = 30 + (i * RowHeight);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Left - 8}" y="{y + 15}" text-anchor="end">{row.System.Name.Replace("`", "", StringComparison.Ordinal)}</text><rect class="{(row.System.Key == "fleet" ? "own" : "bar")}" x="{Left}" y="{y + 3}" width="{length:0}" height="16" rx="3"/><text x="{Left + length + 6:0}" y="{y + 15}">{row.PerSecond:0.0}</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
