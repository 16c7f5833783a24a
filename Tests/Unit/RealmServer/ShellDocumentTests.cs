using System.Text;
using Fleet.RealmServer.HostShells;

namespace Fleet.Tests.RealmServer;

public sealed class ShellDocumentTests
{
    [Theory]
    [InlineData("<head><!--fleet:head--></head><body><div id=app><!--fleet:body--></div>", "<head>|</head><body><div id=app>|</div>")]
    [InlineData("<head><title>é</title><!--fleet:head--></head><p><!--fleet:body--></p>", "<head><title>é</title>|</head><p>|</p>")]
    [InlineData("<head></head><div id=\"app\"></div>", "<head>|</head><div id=\"app\">|</div>")]
    [InlineData("<HEAD></HEAD ><main class='x' ID='root' data-x>", "<HEAD>|</HEAD ><main class='x' ID='root' data-x>|")]
    [InlineData("<head></head><div\n  id=root></div>", "<head>|</head><div\n  id=root>|</div>")]
    [InlineData("<head></head><my-app id=app ></my-app>", "<head>|</head><my-app id=app >|</my-app>")]
    [InlineData("<head><!--fleet:head--><link></head><div id=root></div>", "<head>|<link></head><div id=root>|</div>")]
    public void Segments_PlacesForContent_AreCutThere(string shell, string expected)
    {
        var document = Document(shell);

        Assert.True(document.TakesContent);
        Assert.Equal(expected, $"{Text(document.BeforeHead)}|{Text(document.BeforeBody)}|{Text(document.AfterBody)}");
    }

    [Theory]
    [InlineData("<div id=app></div>")]
    [InlineData("<head></head><div id=application></div>")]
    [InlineData("<head></head><div data-id=\"app\"></div>")]
    [InlineData("<head></head><div class=\"app\"></div>")]
    [InlineData("<body><!--fleet:body--></body><!--fleet:head-->")]
    [InlineData("")]
    public void TakesContent_NoPlaceOrWrongOrder_IsFalse(string shell) => Assert.False(Document(shell).TakesContent);

    [Fact]
    public void Token_OfTheBytes_IsMd5InLowerCaseHex() => Assert.Equal("5d41402abc4b2a76b9719d911017c592", Document("hello").Token);

    [Fact]
    public void Bare_AnyShell_IsTheFileByteForByte()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(RealmServerUnderTest.Shell), 0xFF, 0x00];

        Assert.Equal(bytes, new ShellDocument(bytes, DateTimeOffset.UnixEpoch, []).Bare.ToArray());
    }

    private static ShellDocument Document(string text) => new(Encoding.UTF8.GetBytes(text), DateTimeOffset.UnixEpoch, []);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
