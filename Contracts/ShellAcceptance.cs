namespace Fleet.Contracts;

/// <summary>Which host shell a visit accepts.</summary>
public enum ShellAcceptance
{
    /// <summary>A page on the current shell; waits, within the deadline, for one to boot. The default.</summary>
    FreshOrWait,

    /// <summary>A page on the current shell, else the visit fails at once.</summary>
    FreshOrFail,

    /// <summary>Any page; the result says which shell it ran on.</summary>
    Any,
}
