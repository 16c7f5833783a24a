namespace Fleet.AppHost.Aspire;

/// <summary>How a prerender server is deployed: the only service whose image needs more than .NET.</summary>
internal static class BrowserImageExtensions
{
    private const string SdkImage = "sdk-image";
    private const string BrowserImage = "browser-image";

    /// <summary>In a deployment it is built from its Dockerfile, on an image with a browser, and never has a second replica.</summary>
    public static IResourceBuilder<ProjectResource> PublishWithBrowser(this IResourceBuilder<ProjectResource> server)
    {
        var builder = server.ApplicationBuilder;
        if (builder.ExecutionContext.IsRunMode)
        {
            return server;
        }

        var sdk = builder.ParameterOnce(SdkImage, "Image with the .NET 10 SDK.");
        var browser = builder.ParameterOnce(BrowserImage, "Image with Playwright's browsers, of the version of Microsoft.Playwright in Directory.Packages.props.");
        return server.PublishAsDockerFile(image => image
            .WithDockerfile("..", "PrerenderServer/Dockerfile")
            .WithBuildArg("SDK_IMAGE", sdk)
            .WithBuildArg("BROWSER_IMAGE", browser)
            .PublishAsAzureContainerApp((_, app) =>
            {
                app.Template.Scale.MinReplicas = 1;
                app.Template.Scale.MaxReplicas = 1;
            }));
    }

    private static IResourceBuilder<ParameterResource> ParameterOnce(this IDistributedApplicationBuilder builder, string name, string description) =>
        builder.Resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Name == name) is { } there
            ? builder.CreateResourceBuilder(there)
            : builder.AddParameter(name).WithDescription(description);
}
