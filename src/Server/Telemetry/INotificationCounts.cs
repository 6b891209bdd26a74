namespace ClustermgrExporter.Telemetry;

/// <summary>How many alerts were told how, and how many wait.</summary>
internal interface INotificationCounts
{
    /// <param name="outcome">As of a poll: ok, refused, timeout, …</param>
    void Sent(string alertmanager, string outcome, int alerts);

    void Dropped(string alertmanager, int alerts);

    /// <summary>It is told no more.</summary>
    void Gone(string alertmanager);

    void Waiting(string alertmanager, int alerts);
}
