using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The addresses of Rendertron: the percent-encoded URL of the page in the path, options in the query.</summary>
internal static class RendertronEndpoints
{
    private const string Render = "/render/";
    private const string Screenshot = "/screenshot/";
    private const int DefaultSize = 1000;
    private static readonly DialectNames s_names = new(("timezone", "timezoneId"));

    public static void MapRendertron(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapDialect(
            "Rendertron", "GET /render?url=<percent-encoded URL> or GET /screenshot?url=<percent-encoded URL>", static options => options.Rendertron).RejectUnknownParameters();
        group.MapMethods(Render + "{**url}", GetAndHead.Methods, RenderAsync);
        group.MapMethods(Screenshot + "{**url}", GetAndHead.Methods, ScreenshotAsync);
    }

    private static Task<IResult> RenderAsync(string? url, bool? refreshCache, string? mobile, string? timezoneId, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [];
        return DialectExtensions.DocumentAsync(
            new() { Url = TargetUrl.Read(http.Request, Render, hasQuery: false), Device = DeviceOf(mobile, errors), Timezone = timezoneId },
            s_names, errors, isFresh: refreshCache ?? false, http, pipeline);
    }

    private static Task<IResult> ScreenshotAsync(string? url, int? width, int? height, string? mobile, string? timezoneId, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [];
        var device = DeviceOf(mobile, errors);
        return ScreenshotEndpoints.AnswerAsync(
            new()
            {
                Url = TargetUrl.Read(http.Request, Screenshot, hasQuery: false),
                Priority = RenderLimits.MaxPriority,
                Type = ScreenshotType.Jpeg,
                Device = device,
                Timezone = timezoneId,
                Width = width ?? (device is null ? DefaultSize : null),
                Height = height ?? (device is null ? DefaultSize : null),
            },
            errors, http, pipeline, s_names.Of);
    }

    // The parameter is a flag: its name alone sets it.
    private static string? DeviceOf(string? mobile, List<FieldError> errors)
    {
        if (mobile is not (null or "" or "true" or "false"))
        {
            errors.Add(new("mobile", $"'mobile' is {Quoted.Of(mobile)}: it must be true or false."));
        }

        return mobile is "" or "true" ? "mobile" : null;
    }
}
