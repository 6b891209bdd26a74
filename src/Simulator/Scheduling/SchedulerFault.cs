namespace ClustermgrSimulator;

/// <summary>What is wrong with the schedulers of a cluster.</summary>
public enum SchedulerFault
{
    None,

    /// <summary>They accept requests and never answer.</summary>
    Hang,

    /// <summary>The one that leads is dead: the others answer 502 with an empty body.</summary>
    NoLeader,

    /// <summary>Counts below 0, and more jobs done than there are.</summary>
    Lies,

    /// <summary>They redirect to another address.</summary>
    Redirect,
}
