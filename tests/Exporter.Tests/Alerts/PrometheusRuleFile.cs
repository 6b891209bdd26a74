namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Makes the PrometheusRule of the operator of a rules file: its lines, indented below spec.</summary>
internal static class PrometheusRuleFile
{
    public const string Path = "alerts/prometheus-rule.yaml";

    private const string Header = """
        # The rules of clustermgr.rules.yaml for the Prometheus operator. Generated: change that file, and run the tests with
        # UPDATE_GOLDEN=1. docs/alerting.md says what else the operator needs.
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: clustermgr
          labels:
            app.kubernetes.io/name: clustermgr-exporter
        spec:

        """;

    /// <param name="rules">The whole text of a rules file. Block scalars keep their meaning, being indented as a
    /// whole.</param>
    public static string Of(string rules) =>
        Header + string.Join('\n', rules.Split('\n').Select(line => line.Length > 0 ? "  " + line : ""));
}
