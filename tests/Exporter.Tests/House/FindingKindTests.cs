using Clustermgr.Analysis;
using ClustermgrExporter.Commands;
using Xunit;

namespace ClustermgrExporter.Tests.House;

public sealed class FindingKindTests
{
    /// <summary>Findings and alerts share one vocabulary: a finding with another name or severity than its alert could
    /// not be found there.</summary>
    [Fact]
    public void EveryKindIsAnAlertOfTheRulesWithItsSeverity()
    {
        var rules = AlertRule.LoadShipped();

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
