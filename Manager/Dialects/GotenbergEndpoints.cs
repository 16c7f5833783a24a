using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The addresses of Gotenberg for URLs: a form with the URL and options.</summary>
internal static class GotenbergEndpoints
{
    private static readonly string[] s_pdfFields =
        ["url", "landscape", "paperWidth", "paperHeight", "marginTop", "marginRight", "marginBottom", "marginLeft", "scale", "nativePageRanges", "printBackground"];

    private static readonly string[] s_screenshotFields = ["url", "format", "width", "height"];

    public static void MapGotenberg(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapDialect(
            "Gotenberg", "GET /pdf?url=<percent-encoded URL> or GET /screenshot?url=<percent-encoded URL>", static options => options.Gotenberg).RejectUnknownParameters();
        group.MapPost("/forms/chromium/convert/url", (HttpContext http, RenderPipeline pipeline) => AnswerAsync(http, pipeline, s_pdfFields, ToPdf));
        group.MapPost("/forms/chromium/screenshot/url", (HttpContext http, RenderPipeline pipeline) => AnswerAsync(http, pipeline, s_screenshotFields, ToScreenshot));
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, RenderPipeline pipeline, string[] fields, Func<FormFields, ScreenshotRequest> map)
    {
        List<FieldError> errors = [];
        var values = await ReadAsync(http, fields, errors);
        var request = map(new(values, errors));
        return await ScreenshotEndpoints.AnswerAsync(request, errors, http, pipeline);
    }

    private static ScreenshotRequest ToPdf(FormFields form) => new()
    {
        Url = form.Text("url") ?? "",
        Priority = RenderLimits.MaxPriority,
        Type = ScreenshotType.Pdf,
        Pdf = new()
        {
            Landscape = form.Flag("landscape") ?? false,
            PaperWidth = form.Length("paperWidth"),
            PaperHeight = form.Length("paperHeight"),
            MarginTop = form.Length("marginTop"),
            MarginRight = form.Length("marginRight"),
            MarginBottom = form.Length("marginBottom"),
            MarginLeft = form.Length("marginLeft"),
            Scale = form.Number("scale"),
            PageRanges = form.Text("nativePageRanges"),
            PrintBackground = form.Flag("printBackground"),
        },
    };

    private static ScreenshotRequest ToScreenshot(FormFields form) => new()
    {
        Url = form.Text("url") ?? "",
        Priority = RenderLimits.MaxPriority,
        Type = form.Word("format", ("png", ScreenshotType.Png), ("jpeg", ScreenshotType.Jpeg), ("webp", ScreenshotType.Webp)),
        Width = form.Whole("width"),
        Height = form.Whole("height"),
        // Gotenberg's screenshots are of the whole page.
        FullPage = true,
    };

    // The fields of the form that have a value.
    private static async Task<Dictionary<string, string>> ReadAsync(HttpContext http, string[] known, List<FieldError> errors)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!http.Request.HasFormContentType)
        {
            errors.Add(new("Content-Type", "The body must be a form: send Content-Type: multipart/form-data."));
            return values;
        }

        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            errors.AddRange(form.Files.Select(file => new FieldError(file.Name, $"{Quoted.Of(file.Name)} is a file: only the fields of a URL are supported.")));
            foreach (var (name, given) in form)
            {
                if (!known.Contains(name))
                {
                    errors.Add(new(name, NearestName.Explain(name, "field", http.Request.Path, known)));
                }
                else if (given.Count > 1)
                {
                    errors.Add(new(name, $"{Quoted.Of(name)} is given {given.Count} times: once is allowed."));
                }
                else if (given.ToString() is { Length: > 0 } value)
                {
                    values[name] = value;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            errors.Add(new("body", "The body is not a valid form of its Content-Type."));
        }

        return values;
    }

    /// <summary>Reads the fields of a form, and collects the errors of their values.</summary>
    private sealed class FormFields(Dictionary<string, string> values, List<FieldError> errors)
    {
        public string? Text(string name) => values.GetValueOrDefault(name);

        public double? Length(string name) => Read<double>(name, "a length such as '8.5', '8.5in' or '210mm'", static text => PaperLength.Read(text, "in"));

        public bool? Flag(string name) => Read<bool>(name, "'true' or 'false'", static text => bool.TryParse(text, out var value) ? value : null);

        public int? Whole(string name) =>
            Read<int>(name, "a whole number", static text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null);

        public double? Number(string name) =>
            Read<double>(name, "a number", static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null);

        public T Word<T>(string name, params (string Word, T Value)[] words)
            where T : struct =>
            Read<T>(name, "one of " + string.Join(", ", words.Select(word => word.Word)), text => words.Where(word => word.Word == text).Select(word => (T?)word.Value).FirstOrDefault()) ?? words[0].Value;

        private T? Read<T>(string name, string expected, Func<string, T?> read)
            where T : struct
        {
            if (!values.TryGetValue(name, out var text))
            {
                return null;
            }

            var value = read(text);
            if (value is null)
            {
                errors.Add(new(name, $"'{name}' is {Quoted.Of(text)}: it must be {expected}."));
            }

            return value;
        }
    }
}
