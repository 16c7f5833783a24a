namespace Fleet.Contracts;

/// <summary>How far the fleet is with the current host shell.</summary>
public enum ShellPhase
{
    /// <summary>Every page of every server has it.</summary>
    Converged,

    /// <summary>Live realm servers serve more than one shell: a deploy is under way.</summary>
    Rolling,

    /// <summary>Realm servers agree, and some page or server has not got there yet.</summary>
    Behind,
}
