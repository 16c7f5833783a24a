using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Boundary 3: a command line is readable by every user of the machine.</summary>
public sealed class CommandLineSecretsTests
{
    private const string Secret = "a-value-that-must-stay-secret-0123456789";

    [Theory]
    [InlineData("--Fleet:AdminKey=" + Secret, "environment variable Fleet__AdminKey instead, or --Fleet:AdminKeyFile to a file that has the key, or to '-' for standard input")]
    [InlineData("--fleet:adminkey=" + Secret, "environment variable fleet__adminkey")]
    [InlineData("--Fleet:AdminKey", "environment variable Fleet__AdminKey")]
    [InlineData("/Fleet:AdminKey=" + Secret, "environment variable Fleet__AdminKey")]
    [InlineData("/Fleet:AdminKey", "environment variable Fleet__AdminKey")]
    [InlineData("-Fleet:AdminKey=" + Secret, "environment variable Fleet__AdminKey")]
    [InlineData("Fleet:AdminKey=" + Secret, "environment variable Fleet__AdminKey")]
    [InlineData("--Realms:ReadKeys:internal=" + Secret, "environment variable Realms__ReadKeys__internal")]
    [InlineData("Realms:ReadKeys:my-notes=" + Secret, "environment variable Realms__ReadKeys__my-notes")]
    [InlineData("--Garnet:Password=" + Secret, "environment variable Garnet__Password")]
    [InlineData("--Parameters:admin-key=" + Secret, "environment variable Parameters__admin-key")]
    [InlineData("--Parameters:redis-password=" + Secret, "environment variable Parameters__redis-password")]
    [InlineData("--AppHost:OtlpApiKey=" + Secret, "environment variable AppHost__OtlpApiKey")]
    [InlineData("--AppHost:BrowserToken=" + Secret, "environment variable AppHost__BrowserToken")]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:6379,password=" + Secret, "environment variable ConnectionStrings__redis")]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:6379, Password = " + Secret, "environment variable ConnectionStrings__redis")]
    [InlineData("--ConnectionStrings:redis=redis://user:" + Secret + "@127.0.0.1:6379", "environment variable ConnectionStrings__redis")]
    [InlineData("--OTEL_EXPORTER_OTLP_HEADERS=authorization=" + Secret, "environment variable OTEL_EXPORTER_OTLP_HEADERS")]
    public void Reject_Secret_NamesItAndTheEnvironmentButNotItsValue(string arg, string remedy)
    {
        var error = Assert.Throws<StartException>(() => CommandLineSecrets.Reject(["--urls=http://127.0.0.1:0", arg]));

        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Fleet:AdminKeyFile=/run/secrets/admin-key")]
    [InlineData("--admin-key-file")]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:6379")]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:6379,password=")]
    [InlineData("--Fleet:AllowedOrigins:0=http://127.0.0.1:5100")]
    [InlineData("http://127.0.0.1/login?token=1&password=2")]
    [InlineData("--Host:Dist=/srv/password")]
    [InlineData("password")]
    [InlineData("/secret")]
    [InlineData("serve")]
    [InlineData("")]
    public void Reject_NoSecret_Passes(string arg) => CommandLineSecrets.Reject([arg]);
}
