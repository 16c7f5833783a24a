using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.ServiceDefaults.Pages;

/// <summary>A page for operators in one response: markup, style and script are embedded files of an assembly. Its content security policy allows exactly this style and this script,
/// by their hashes, and connections to its own origin only.</summary>
public sealed class SelfContainedPage
{
    private const string StyleSlot = "<style></style>";
    private const string ScriptSlot = "<script></script>";

    private static readonly string s_commonStyle = Read(typeof(SelfContainedPage).Assembly, "Fleet.ServiceDefaults.Pages.page.css");

    private readonly string _html;
    private readonly string _policy;

    private SelfContainedPage(string html, string style, string script)
    {
        _html = html.Replace(StyleSlot, $"<style>{style}</style>", StringComparison.Ordinal).Replace(ScriptSlot, $"<script>{script}</script>", StringComparison.Ordinal);
        _policy = $"default-src 'none'; script-src '{HashOf(script)}'; style-src '{HashOf(style)}'; img-src 'self' blob: data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>Loads a page from embedded resources.</summary>
    /// <param name="assembly">The assembly with the resources.</param>
    /// <param name="name">The markup and the style have this name and the endings <c>.html</c> and <c>.css</c>. The markup has an empty <c>style</c> and an empty <c>script</c>.</param>
    /// <param name="scripts">Names of the scripts, without their ending <c>.js</c>. They are joined in this order and share one scope.</param>
    public static SelfContainedPage Load(Assembly assembly, string name, IEnumerable<string> scripts) =>
        new(Read(assembly, name + ".html"), s_commonStyle + Read(assembly, name + ".css"), string.Join('\n', scripts.Select(script => Read(assembly, script + ".js"))));

    /// <summary>The page as a response.</summary>
    public ContentHttpResult Respond(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = _policy;
        return TypedResults.Content(_html, "text/html", Encoding.UTF8);
    }

    private static string HashOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        // Browsers hash what they parse, and parsing normalizes line ends.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
