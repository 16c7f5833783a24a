using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Tests.Rendering;

namespace Fleet.Tests.Registry;

public sealed class RegistryJsonTests
{
    /// <summary>A record is read every few seconds, for as long as it exists.</summary>
    [Fact]
    public void Read_UnreadableRecord_IsLoggedOncePerKey()
    {
        var log = new LogRecorder();
        var key = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(RegistryJson.Read<RealmRecord[]>("7", key + "a", log));
            Assert.Null(RegistryJson.Read<RealmRecord[]>("{", key + "b", log));
        }

        Assert.Equal([key + "a", key + "b"], log.Lines.Select(line => line.Split(' ')[4].TrimEnd(':')));
    }
}
