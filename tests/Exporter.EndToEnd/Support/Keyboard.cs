namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Types lines into demo or simulate, each after the previous one was executed, also with concurrent
/// callers.</summary>
internal sealed class Keyboard(ChildProcess child) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private int _typed;

    public async Task TypeAsync(IEnumerable<string> lines, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            foreach (var line in lines)
            {
                await child.TypeAsync(line, ct);
                _typed++;
                await Eventually.HoldsAsync(
                    ExporterProcess.Patience,
                    $"\"{line}\" was obeyed",
                    _ =>
                        Task.FromResult(
                            child
                                .Output.Split('\n')
                                .Count(answer => answer.StartsWith("done: ", StringComparison.Ordinal)) == _typed
                        ),
                    () => child,
                    ct
                );
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
