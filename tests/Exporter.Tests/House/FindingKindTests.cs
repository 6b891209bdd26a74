using Clustermgr.Analysis;
using ClustermgrExporter.Commands;
using Xunit;

namespace ClustermgrExporter.Tests.House;

public sealed class FindingKindTests
{
    /// <summary>One vocabulary: a finding of another name, or of another severity than its alert, would be looked for
    /// in vain.</summary>
    [Fact]
    public void EveryKindIsAnAlertOfTheRulesWithItsSeverity()
    {
        var rules = AlertRule.Shipped();

        Assert.All(
            FindingKind.All,
            kind => Assert.Equal(kind.Severity == Severity.Page ? "page" : "ticket", rules[kind.Name].Severity)
        );
        Assert.Equal(
            typeof(FindingKind).GetFields().Select(field => field.Name).Order(StringComparer.Ordinal),
            FindingKind.All.Select(kind => kind.Name).Order(StringComparer.Ordinal)
        );
    }
}
