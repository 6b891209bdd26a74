namespace ClustermgrExporter.Telemetry;

/// <summary>Counts the notifications that were sent to, dropped for, or wait for an Alertmanager.</summary>
internal interface INotificationCounts
{
    /// <param name="outcome">An outcome, as of a poll: ok, refused, timeout, …</param>
    void CountSent(string alertmanager, string outcome, int alerts);

    void CountDropped(string alertmanager, int alerts);

    /// <summary>The Alertmanager is no longer notified.</summary>
    void Remove(string alertmanager);

    void SetQueueLength(string alertmanager, int alerts);
}
