namespace ClustermgrExporter.Web;

/// <summary>An answer that costs something to make: made when somebody asks, and at most once a second however many
/// ask.
/// </summary>
internal sealed class RationedContent(TimeProvider time)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Content? _made;
    private long _at;

    public Content Of(Func<Content> make)
    {
        // Who comes while it is made waits some milliseconds and shares it.
        lock (_gate)
        {
            if (_made is { } made && time.GetElapsedTime(_at) < s_rest)
            {
                return made;
            }
            _made = make();
            _at = time.GetTimestamp();
            return _made;
        }
    }
}
