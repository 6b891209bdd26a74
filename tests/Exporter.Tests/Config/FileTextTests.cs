using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class FileTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(8_191, 100_000)]
    [InlineData(8_192, 100_000)]
    [InlineData(8_193, 100_000)]
    [InlineData(100_000, 100_000)]
    [InlineData(100, 100)]
    public void WhatIsNotLargerThanTheBoundIsReadWhole(int bytes, int most)
    {
        var text = new string('x', bytes);
        Assert.Equal(text, FileText.Read(_folder.Write("some.txt", text), most).Text);
    }

    [Theory]
    [InlineData(100_001, 100_000)]
    [InlineData(101, 100)]
    [InlineData(1_000_000, 8_192)]
    public void WhatIsLargerIsRefused(int bytes, int most)
    {
        var file = FileText.Read(_folder.Write("some.txt", new string('x', bytes)), most);
        Assert.Null(file.Text);
        Assert.StartsWith("is larger than ", file.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ASmallFileCostsWhatIsInIt()
    {
        var path = _folder.Write("some.txt", "clusters: []");
        FileText.Read(path, 16 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FileText.Read(path, 16 << 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100_000);
    }
}
