using Fleet.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Packages;

public sealed class RequestAddressTests
{
    [Theory]
    [InlineData("/a%2Fb%c3%A9?q=a+b", "", "/a%2Fbé", "?q=a+b", "/a%2Fb%c3%A9?q=a+b")]
    [InlineData("/shop/a?q=/x", "/shop", "/a", "?q=/x", "/shop/a?q=/x")]
    [InlineData("/SHOP/a", "/shop", "/a", "", "/SHOP/a")]
    [InlineData("/shop", "/shop", "", "", "/shop")]
    [InlineData("/shop/", "/shop", "/", "", "/shop/")]
    // Behind a proxy that takes the prefix off.
    [InlineData("/a%2Fb?q=1", "/shop", "/a%2Fb", "?q=1", "/shop/a%2Fb?q=1")]
    [InlineData("/shop/a", "/shop", "/shop/a", "", "/shop/shop/a")]
    [InlineData("/shopping", "/shop", "/shopping", "", "/shop/shopping")]
    [InlineData("/", "/bücher", "/", "", "/b%C3%BCcher/")]
    [InlineData("/b%c3%bccher/x", "/bücher", "/x", "", "/b%c3%bccher/x")]
    // No target of the server's own.
    [InlineData(null, "/shop", "/a b", "?q=1", "/shop/a%20b?q=1")]
    [InlineData("*", "", "/a", "", "/a")]
    public void TargetOf_Request_IsThatOfTheVisitor(string? rawTarget, string pathBase, string path, string query, string expected) =>
        Assert.Equal(expected, RequestAddress.TargetOf(rawTarget, pathBase, path, new(query)));
}
