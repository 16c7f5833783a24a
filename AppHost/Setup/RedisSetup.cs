using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Setup;

/// <summary>Finds <c>redis-server</c>, or installs it.</summary>
internal sealed class RedisSetup(AptGet apt, IFleetOutput output)
{
    private const string Program = "redis-server";

    /// <summary>Whether a <c>redis-server</c> is wanted and not installed.</summary>
    public static bool IsMissing(SetupWishes wishes) => wishes.WantsRedisServer && Executables.Find(Program) is null;

    /// <summary>The program's path; null when none is wanted, or none is to be had and memory will do.</summary>
    /// <exception cref="StartException"><c>Fleet:Redis=server</c>, and none is to be had.</exception>
    public async Task<string?> FindOrInstallAsync(SetupWishes wishes, CancellationToken cancellationToken)
    {
        if (!wishes.WantsRedisServer)
        {
            return null;
        }

        if (Executables.Find(Program) is { } path)
        {
            return path;
        }

        output.Say($"{Program} is missing.");
        var why = await apt.InstallAsync(Program, cancellationToken).ConfigureAwait(false);
        if (Executables.Find(Program) is { } installed)
        {
            return installed;
        }

        var sentence = $"{Program} is not installed and could not be ({why}). Install it, or set ConnectionStrings:redis to a Redis that is there.";
        if (wishes.NeedsRedisServer)
        {
            throw new StartException(sentence);
        }

        output.Say(sentence);
        return null;
    }
}
