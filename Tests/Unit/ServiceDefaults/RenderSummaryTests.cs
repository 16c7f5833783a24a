using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.ServiceDefaults;

public sealed class RenderSummaryTests
{
    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        var summary = new RenderSummary(RenderOutcome.NotAPage, 301)
        {
            Location = "http://h/%C3%A9", ShellToken = "0123456789abcdef0123456789abcdef", Record = FailedRender.LinkTo("a", 7), Warm = true, IsCapped = true,
        };
        Assert.Equal(summary, RoundTrip(summary));
        Assert.Equal(new(RenderOutcome.Rendered, 0), RoundTrip(new(RenderOutcome.Rendered, 0)));
        Assert.Equal(new Dictionary<string, string> { ["X-Robots-Tag"] = "noindex" }, RoundTrip(new(RenderOutcome.Rendered, 200)
        {
            PageHeaders = new Dictionary<string, string> { ["X-Robots-Tag"] = "noindex", ["Set-Cookie"] = "a=b" },
        })?.PageHeaders);
    }

    [Theory]
    [InlineData("rendered", null)]
    [InlineData("rendered", "-1")]
    [InlineData(null, "200")]
    [InlineData("77", "200")]
    [InlineData("dreamt", "200")]
    public void Read_OutcomeOrStatusIsNotKnown_IsNull(string? outcome, string? status) =>
        Assert.Null(Read((FleetHeaders.Outcome, outcome), (FleetHeaders.PageStatus, status)));

    [Fact]
    public void Read_HeadersOfAnotherVersion_AreDropped()
    {
        var read = Read(
            (FleetHeaders.Outcome, "failed"), (FleetHeaders.PageStatus, "404"), (FleetHeaders.Record, "http://evil/"), (FleetHeaders.PageHeaders, "[1]"), (FleetHeaders.Warm, "maybe"));
        Assert.Equal(new(RenderOutcome.Failed, 404), read);
        Assert.Equal("a", Read((FleetHeaders.Outcome, "failed"), (FleetHeaders.PageStatus, "404"), (FleetHeaders.PageHeaders, """{"Set-Cookie":"a=b","X-A":"a"}"""))?.PageHeaders?.Values.Single());
    }

    [Fact]
    public void WriteOutcome_PageMembers_AreNotWritten()
    {
        var headers = new HeaderDictionary();
        new RenderSummary(RenderOutcome.Rendered, 302) { Location = "http://h/", Warm = true, ShellToken = "not\nprintable", PageHeaders = new Dictionary<string, string> { ["X-A"] = "a" } }.WriteOutcome(headers);
        Assert.Equal([FleetHeaders.Outcome], headers.Keys);
    }

    private static RenderSummary? RoundTrip(RenderSummary summary)
    {
        var headers = new HeaderDictionary();
        summary.Write(headers);
        return Read([.. headers.Select(header => (header.Key, (string?)header.Value))]);
    }

    private static RenderSummary? Read(params (string Name, string? Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return RenderSummary.Read(response.Headers);
    }
}
