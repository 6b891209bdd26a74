using System.Text;
using ClustermgrExporter.Exposition;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class NumberTests
{
    [Fact]
    public void IntegersLoseNoDigit()
    {
        Assert.Equal("18446744073709551615", Write(ulong.MaxValue));
        Assert.Equal("9007199254740993", Write(9_007_199_254_740_993UL));
        Assert.Equal("9223372036854775807", Write((long?)long.MaxValue));
        Assert.Equal("-9223372036854775808", Write((long?)long.MinValue));
        Assert.Equal("-7", Write(-7));
    }

    [Fact]
    public void DoublesAreWrittenInTheShortestFormThatReadsBack()
    {
        Assert.Equal("0.1", Write(0.1));
        Assert.Equal("0.30000000000000004", Write(0.1 + 0.2));
        Assert.Equal("-2.2250738585072014E-308", Write(-2.2250738585072014E-308));
        Assert.Equal("1E+22", Write(1e22));
        Assert.Equal("+Inf", Write(double.PositiveInfinity));
        Assert.Equal("-Inf", Write(double.NegativeInfinity));
        Assert.Equal("NaN", Write(double.NaN));
    }

    [Fact]
    public void BooleansAreOneAndZero()
    {
        Assert.Equal("1", Write(true));
        Assert.Equal("0", Write(false));
    }

    [Fact]
    public void TimesAreUnixSecondsToTheMillisecond()
    {
        Assert.Equal("1795340010.785", Write(SampleValue.Time(Samples.Now)));
        Assert.Equal("-0.001", Write(SampleValue.Time(DateTimeOffset.UnixEpoch.AddMilliseconds(-1))));
        Assert.Equal("0", Write(SampleValue.Time(DateTimeOffset.UnixEpoch)));
    }

    [Fact]
    public void WhatIsNullIsAbsent()
    {
        Assert.True(((SampleValue)(ulong?)null).IsAbsent);
        Assert.True(((SampleValue)(long?)null).IsAbsent);
        Assert.True(((SampleValue)(int?)null).IsAbsent);
        Assert.True(((SampleValue)(double?)null).IsAbsent);
        Assert.True(((SampleValue)(bool?)null).IsAbsent);
        Assert.True(SampleValue.Time(null).IsAbsent);
        Assert.False(((SampleValue)(ulong?)0).IsAbsent);
    }

    private static string Write(SampleValue number)
    {
        var target = new byte[SampleValue.MaxLength];
        return Encoding.UTF8.GetString(target, 0, number.Write(target));
    }
}
