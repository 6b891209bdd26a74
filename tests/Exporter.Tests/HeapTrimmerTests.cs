using ClustermgrExporter.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>When a calm process frees dead objects.</summary>
public sealed class HeapTrimmerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeapTrimmer _trim;
    private long _allocated = 6 << 20;
    private int _collections;
    private int _trimmed;
    private TimeSpan _took;

    public HeapTrimmerTests() =>
        _trim = new HeapTrimmer(
            _time,
            () => _allocated,
            () => _collections,
            () =>
            {
                _trimmed++;
                _collections++;
                _time.Advance(_took);
            }
        );

    public void Dispose() => _trim.Dispose();

    [Fact]
    public void WhatStartingLeftGoesAndThenNothingUntilItIsWorthIt()
    {
        Look();
        Assert.Equal(1, _trimmed);
        _allocated += HeapTrimmer.WorthBytes - 1;
        Look();
        Assert.Equal(1, _trimmed);
        _allocated += 1;
        Look();
        Assert.Equal(2, _trimmed);
    }

    [Fact]
    public void ItRestsAThousandTimesAsLongAsACollectionTook()
    {
        _took = TimeSpan.FromMilliseconds(18);
        for (var i = 0; i < 40; i++) // 200 s
        {
            _allocated += HeapTrimmer.WorthBytes;
            Look();
        }
        Assert.Equal(10, _trimmed); // every 20 s
    }

    [Fact]
    public void WhereTheRuntimeCollectsByItselfItRestsTenSecondsAndTwoHundredTimesAsLongAsACollectionTook()
    {
        _took = TimeSpan.FromMilliseconds(50);
        for (var i = 0; i < 20; i++)
        {
            _allocated += 64 << 20;
            _collections++;
            Look();
        }
        Assert.Equal(5, _trimmed); // after ten seconds, and every twenty from then on
    }

    /// <summary>A collection of the youngest generation at the start keeps its memory, and a calm process makes no
    /// second one for minutes.</summary>
    [Fact]
    public void WhatTheRuntimeCollectedAtTheStartIsGivenBackOnceItIsCalm()
    {
        _collections++;
        Look();
        Assert.Equal(0, _trimmed);
        Look();
        Assert.Equal(1, _trimmed);
    }

    [Fact]
    public void AfterItsEndItLooksNoMore()
    {
        _trim.Dispose();
        Look();
        Assert.Equal(0, _trimmed);
    }

    private void Look() => _time.Advance(TimeSpan.FromSeconds(5));
}
