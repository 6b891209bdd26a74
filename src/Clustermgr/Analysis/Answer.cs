namespace Clustermgr.Analysis;

/// <summary>What one request brought: the value when <see cref="Outcome"/> is Ok, else why there is none.</summary>
/// <param name="Outcome">How the request ended.</param>
/// <param name="Value">The parsed answer; null unless Ok.</param>
/// <param name="Detail">A sentence for people, with what was seen ("connection refused", "HTTP 502"); "" when Ok.
/// Never holds a secret.</param>
/// <param name="At">When the answer was complete, or the request was given up.</param>
/// <param name="Took">From sending to <paramref name="At"/>.</param>
internal readonly record struct Answer<T>(Outcome Outcome, T? Value, string Detail, DateTimeOffset At, TimeSpan Took)
    where T : class;
