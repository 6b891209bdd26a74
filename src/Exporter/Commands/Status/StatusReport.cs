using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>One cluster as one poll of it found it.</summary>
/// <param name="Notes">What could not be asked, and how it could: sentences.</param>
internal sealed record StatusReport(ClusterAnalysis Analysis, ImmutableArray<string> Notes);
