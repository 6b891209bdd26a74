namespace ClustermgrExporter.Commands;

/// <summary>
/// Exit codes of all verbs, and the sentences about them in the help, the manual page and docs/cli.md.
/// </summary>
internal static class ExitCodes
{
    /// <summary>Success: served until stopped, valid, healthy, changed and observed, or printed.</summary>
    public const int Done = Clustermgr.Admin.ExitCode.Done;

    /// <summary>Serving did not begin, or a file is not valid.</summary>
    public const int Failed = 1;

    /// <summary>status: something is wrong with a cluster.</summary>
    public const int Findings = 1;

    /// <summary>A change was refused or not sent.</summary>
    public const int Refused = Clustermgr.Admin.ExitCode.Refused;

    /// <summary>An invalid command line, of every verb; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>No answer, or an invalid file, of a verb whose 1 reports the state of a cluster.</summary>
    public const int CannotTell = Clustermgr.Admin.ExitCode.CannotTell;

    /// <summary>A change was sent, but not observed to take effect.</summary>
    public const int Unseen = Clustermgr.Admin.ExitCode.Unseen;

    public const string ChangeHelp =
        "Exit code: 0 done and seen, 1 refused or not sent, 2 cannot tell (nothing was sent), 3 sent and not seen.";

    /// <param name="reason">Why nothing can be shown.</param>
    public static string DescribeList(string reason) =>
        $"Exit code: 0 shown, 2 cannot tell ({reason}, or the command line or the file is invalid).";
}
