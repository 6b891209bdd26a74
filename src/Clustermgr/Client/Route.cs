namespace Clustermgr.Client;

/// <summary>Reads a body; null, with a reason, when it is not the JSON we know. Never throws.</summary>
internal delegate T? BodyParser<out T>(ReadOnlySpan<byte> utf8, out string reason)
    where T : class;

/// <summary>How the answers of one endpoint are read.</summary>
/// <param name="WhenNotFound">What clustermgr's own 404 means; null where it is an error.</param>
/// <param name="Everywhere">Every clustermgr has it: who does not is none.</param>
internal sealed record Route<T>(BodyParser<T> Parse, T? WhenNotFound = null, bool Everywhere = false)
    where T : class;
