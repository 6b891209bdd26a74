namespace Clustermgr.Admin;

/// <summary>How a verb that acts on a cluster ends, for the script that called it.</summary>
public static class ExitCode
{
    /// <summary>Done and seen, or nothing was to be done, or shown.</summary>
    public const int Done = 0;

    /// <summary>Refused, by us, by the person or by the server, or not sent: nothing has changed.</summary>
    public const int Refused = 1;

    /// <summary>The command line or the file is no good, or the cluster does not answer: nothing was sent.</summary>
    public const int CannotTell = 2;

    /// <summary>Sent, and not seen to take effect.</summary>
    public const int Unseen = 3;
}
