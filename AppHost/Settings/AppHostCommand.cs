namespace Fleet.AppHost.Settings;

/// <summary>What the AppHost is asked to do.</summary>
internal enum AppHostCommand
{
    /// <summary>Set up what is missing, then run the fleet until Ctrl-C.</summary>
    Run,

    /// <summary>Set up what is missing, and nothing else.</summary>
    SetUp,

    /// <summary>Say what can be asked.</summary>
    Help,
}
