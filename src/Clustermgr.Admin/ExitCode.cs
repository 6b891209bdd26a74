namespace Clustermgr.Admin;

/// <summary>Exit codes of the verbs that act on a cluster.</summary>
public static class ExitCode
{
    /// <summary>The change was made and observed, nothing had to be done, or the listing was printed.</summary>
    public const int Done = 0;

    /// <summary>Refused by a guard, by the user or by the server, or not sent; nothing has changed.</summary>
    public const int Refused = 1;

    /// <summary>The command line or the file is invalid, or the cluster does not answer; nothing was sent.</summary>
    public const int CannotTell = 2;

    /// <summary>Sent, but not observed to take effect.</summary>
    public const int Unseen = 3;
}
