namespace ClustermgrSimulator.Faults;

/// <summary>What is wrong with a member's answers.</summary>
public enum BodyFault
{
    None,

    /// <summary>The length is announced, half is sent, the connection is cut.</summary>
    Half,

    /// <summary>No JSON at all, with status 200.</summary>
    Garbage,

    /// <summary>Valid JSON of <see cref="MemberFaults.HugeBytes"/> bytes.</summary>
    Huge,

    /// <summary>One byte a second.</summary>
    Trickle,

    /// <summary>Numbers as strings, strings as numbers, an object where a list belongs.</summary>
    WrongTypes,

    /// <summary>Fields that every version has are gone.</summary>
    MissingFields,

    /// <summary>Fields that no version has.</summary>
    UnknownFields,
}

/// <summary>What a member does wrong with writes.</summary>
public enum WriteFault
{
    None,

    /// <summary>Answers 200 and does nothing.</summary>
    Ignore,

    /// <summary>Reads the request, does nothing, and cuts the connection.</summary>
    CutBefore,

    /// <summary>Does it, and cuts the connection instead of answering.</summary>
    CutAfter,
}

/// <summary>The faults of one member's answers. Its raft is not affected.</summary>
public sealed record MemberFaults
{
    public static MemberFaults None { get; } = new();

    /// <summary>Added to every answer.</summary>
    public TimeSpan Delay { get; init; }

    public BodyFault Body { get; init; }

    public WriteFault Writes { get; init; }

    public int HugeBytes { get; init; } = 16 << 20;

    /// <summary>Its own status is not normal: it forwards every request to the leader, GETs too.</summary>
    public bool ForwardAsSick { get; init; }

    /// <summary>Refuses every token.</summary>
    public bool RefuseTokens { get; init; }
}
