namespace Clustermgr.Admin;

/// <summary>What is known of a write after its only attempt.</summary>
internal enum WriteEnd
{
    /// <summary>200. For a transfer of leadership that only says that it was asked for.</summary>
    Accepted,

    /// <summary>The server said no: nothing has changed.</summary>
    Refused,

    /// <summary>It never left: nothing has changed.</summary>
    NotSent,

    /// <summary>It left, and no answer says what became of it.</summary>
    Unknown,
}

/// <param name="Sentence">What was seen, without its full stop. Never holds a secret.</param>
internal sealed record WriteAnswer(WriteEnd End, string Sentence);
