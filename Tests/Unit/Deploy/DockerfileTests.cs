using Fleet.Tests.Docs;

namespace Fleet.Tests.Deploy;

/// <summary>Every Dockerfile passes the rules, and each rule finds its fault.</summary>
public sealed class DockerfileTests
{
    private const string Good =
        """
        ARG SDK
        ARG BASE
        FROM ${SDK} AS build
        RUN dotnet publish --output /app
        FROM ${BASE}
        RUN apt-get update \
            # fonts
            && apt-get install -y --no-install-recommends tini \
            && rm -rf /var/lib/apt/lists/*
        WORKDIR /app
        COPY --from=build /app .
        USER 10001:10001
        HEALTHCHECK CMD ["./probe"]
        ENTRYPOINT ["./program"]
        """;

    public static TheoryData<string> Services => ["RealmServer", "Manager", "PrerenderServer", "Standalone"];

    [Theory]
    [MemberData(nameof(Services))]
    public void Dockerfile_OfAService_PassesTheRules(string service)
    {
        var text = File.ReadAllText(Repository.File($"{service}/Dockerfile"));

        Assert.Empty(DockerfileRules.Check(text));
        // The entry point is the service's own program.
        Assert.Contains($"\"./Fleet.{service}\"", text, StringComparison.Ordinal);
        Assert.Contains($"dotnet publish {service}/{service}.csproj", text, StringComparison.Ordinal);
        // For one platform, and so compiled ahead of time (Directory.Build.props).
        Assert.Contains("--use-current-runtime", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PrerenderServer")]
    [InlineData("Standalone")]
    public void Dockerfile_OfAServiceWithABrowser_HasFontsAndAnInitProcessAndChecksTheBrowsersVersion(string service)
    {
        var text = File.ReadAllText(Repository.File($"{service}/Dockerfile"));

        Assert.All(["fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji"], font => Assert.Contains(font, text, StringComparison.Ordinal));
        Assert.Contains("ENTRYPOINT [\"/usr/bin/tini\", \"--\",", text, StringComparison.Ordinal);
        Assert.Contains(".playwright/package/browsers.json", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_GoodDockerfile_HasNoFinding() => Assert.Empty(DockerfileRules.Check(Good));

    [Theory]
    [InlineData("ARG BASE", "ARG BASE=debian", "no tag or digest")]
    [InlineData("ARG BASE", "ARG BASE=debian:latest", "latest")]
    [InlineData("ARG BASE", "ARG OTHER", "no such ARG")]
    [InlineData("FROM ${BASE}", "FROM registry:5000/debian", "no tag or digest")]
    [InlineData("COPY --from=build /app .", "ADD https://example.com/app.tgz .", "use COPY")]
    [InlineData("COPY --from=build", "COPY --from=builder", "no earlier stage")]
    [InlineData("--no-install-recommends ", "", "--no-install-recommends")]
    [InlineData("apt-get update", "true", "apt-get update")]
    [InlineData(" -y", "", "'-y'")]
    [InlineData(" \\\n    && rm -rf /var/lib/apt/lists/*", "\nRUN rm -rf /var/lib/apt/lists/*", "same layer")]
    [InlineData("USER 10001:10001", "USER root", "must be a number")]
    [InlineData("USER 10001:10001", "USER 0", "must be a number")]
    [InlineData("USER 10001:10001\n", "", "must be a number")]
    [InlineData("ENTRYPOINT [\"./program\"]", "ENTRYPOINT ./program", "SIGTERM")]
    [InlineData("ENTRYPOINT [\"./program\"]", "CMD [\"./program\"]", "0 ENTRYPOINT")]
    [InlineData("ENTRYPOINT [\"./program\"]", "ENTRYPOINT [\"./program\"]\nENTRYPOINT [\"./other\"]", "2 ENTRYPOINT")]
    [InlineData("HEALTHCHECK CMD [\"./probe\"]\n", "", "0 HEALTHCHECK")]
    [InlineData("WORKDIR /app", "WORKDIR app", "relative")]
    [InlineData("WORKDIR /app", "ENV Fleet__AdminKey=abc", "a secret in an image")]
    [InlineData("RUN dotnet publish", "RUN curl https://example.com/i.sh | sh && dotnet publish", "pipefail")]
    [InlineData("RUN dotnet publish", "RUN sudo dotnet publish", "sudo")]
    public void Check_OneFault_FindsIt(string good, string bad, string expected)
    {
        var text = Good.ReplaceLineEndings("\n");
        Assert.Contains(good, text, StringComparison.Ordinal);

        var findings = DockerfileRules.Check(text.Replace(good, bad, StringComparison.Ordinal));

        Assert.Contains(findings, finding => finding.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("**/artifacts")]
    [InlineData("**/.git")]
    [InlineData("**/bin")]
    [InlineData("**/obj")]
    [InlineData("**/.env")]
    [InlineData("**/admin-key")]
    [InlineData("deploy/secrets")]
    public void DockerIgnore_WhatMustNotGetIntoAnImage_IsExcluded(string pattern) =>
        Assert.Contains(pattern, File.ReadLines(Repository.File(".dockerignore")));
}
