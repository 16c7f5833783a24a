using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The addresses of Gotenberg for URLs: a form with the URL and options.</summary>
internal static class GotenbergEndpoints
{
    private static readonly string[] s_pageFields =
        ["url", "waitDelay", "waitForExpression", "waitForSelector", "emulatedMediaType", "cookies", "userAgent", "extraHttpHeaders"];

    private static readonly string[] s_pdfFields =
    [
        .. s_pageFields, "landscape", "paperWidth", "paperHeight", "marginTop", "marginRight", "marginBottom", "marginLeft", "scale", "nativePageRanges", "printBackground",
        "generateTaggedPdf", "generateDocumentOutline",
    ];

    private static readonly string[] s_screenshotFields = [.. s_pageFields, "format", "width", "height", "clip", "quality", "omitBackground"];

    private static readonly DialectNames s_names = new(
        ("waitForTimeout", "waitDelay"), ("waitForFunction", "waitForExpression"), ("media", "emulatedMediaType"), ("headers", "extraHttpHeaders"), ("pageRanges", "nativePageRanges"));

    private const string HeaderFile = "header.html";
    private const string FooterFile = "footer.html";

    public static void MapGotenberg(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapDialect(
            "Gotenberg", "GET /pdf?url=<percent-encoded URL> or GET /screenshot?url=<percent-encoded URL>", static options => options.Gotenberg).RejectUnknownParameters();
        group.MapUnserved("/forms/{**form}", "Fleet converts pages at a URL: use POST /forms/chromium/convert/url or /forms/chromium/screenshot/url.");
        group.MapPost("/forms/chromium/convert/url", (HttpContext http, RenderPipeline pipeline) => AnswerAsync(http, pipeline, s_pdfFields, ToPdf));
        group.MapPost("/forms/chromium/screenshot/url", (HttpContext http, RenderPipeline pipeline) => AnswerAsync(http, pipeline, s_screenshotFields, ToScreenshot));
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, RenderPipeline pipeline, string[] fields, Func<FormFields, ScreenshotRequest> map)
    {
        List<FieldError> errors = [];
        var values = await ReadAsync(http, fields, errors);
        var form = new FormFields(values, errors);
        var request = map(form) with
        {
            Url = form.Text("url") ?? "",
            Priority = RenderLimits.MaxPriority,
            WaitForTimeout = form.Milliseconds("waitDelay"),
            WaitForFunction = form.Text("waitForExpression"),
            WaitForSelector = form.Text("waitForSelector"),
            Media = PageParameters.ReadWord<PageMedia>(form.Text("emulatedMediaType"), "emulatedMediaType", errors),
            Cookies = DialectCookie.Read(form.Json<IReadOnlyList<DialectCookie>>("cookies", """a list such as [{"name":"a","value":"b"}]"""), form.Text("url"), errors),
            UserAgent = form.Text("userAgent"),
            Headers = form.Json<IReadOnlyDictionary<string, string>>("extraHttpHeaders", """an object such as {"X-Feature":"beta"}"""),
        };
        return await ScreenshotEndpoints.AnswerAsync(request, errors, http, pipeline, s_names.Of);
    }

    private static ScreenshotRequest ToPdf(FormFields form) => new()
    {
        Url = "",
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
            HeaderTemplate = form.Text(HeaderFile),
            FooterTemplate = form.Text(FooterFile),
            Tagged = form.Flag("generateTaggedPdf"),
            Outline = form.Flag("generateDocumentOutline"),
        },
    };

    private static ScreenshotRequest ToScreenshot(FormFields form) => new()
    {
        Url = "",
        Type = form.Word("format", ("png", ScreenshotType.Png), ("jpeg", ScreenshotType.Jpeg), ("webp", ScreenshotType.Webp)),
        Width = form.Whole("width"),
        Height = form.Whole("height"),
        Quality = form.Whole("quality"),
        OmitBackground = form.Flag("omitBackground"),
        // Gotenberg's screenshots are of the whole page, unless they are cut at the viewport.
        FullPage = form.Flag("clip") is not true,
    };

    // Reads the fields of the form that are known and have a value.
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
            foreach (var file in form.Files)
            {
                if (known == s_pdfFields && file.FileName is HeaderFile or FooterFile)
                {
                    using var reader = new StreamReader(file.OpenReadStream());
                    values[file.FileName] = await reader.ReadToEndAsync(http.RequestAborted);
                }
                else
                {
                    errors.Add(new(file.Name, $"{Quoted.Of(file.FileName)} is a file that is not supported: a PDF can have {HeaderFile} and {FooterFile}."));
                }
            }

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
        private static readonly JsonSerializerOptions s_json = new(FleetJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

        public string? Text(string name) => values.GetValueOrDefault(name);

        public double? Length(string name) => Read<double>(name, "a length such as '8.5', '8.5in' or '210mm'", static text => PaperLength.Read(text, "in"));

        /// <summary>A duration as Go writes it: <c>5s</c>, <c>500ms</c>, <c>1m30s</c>.</summary>
        public int? Milliseconds(string name) => Read<int>(name, "a duration such as '5s' or '500ms'", static text => GoDuration.Read(text) is { } time && time.TotalMilliseconds <= int.MaxValue ? (int)time.TotalMilliseconds : null);

        public T? Json<T>(string name, string expected)
            where T : class
        {
            if (!values.TryGetValue(name, out var text))
            {
                return null;
            }

            try
            {
                return JsonSerializer.Deserialize<T>(text, s_json);
            }
            catch (JsonException)
            {
                // The text may have secrets.
                errors.Add(new(name, $"'{name}' must be JSON, {expected}, with members that Fleet has."));
                return null;
            }
        }

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
