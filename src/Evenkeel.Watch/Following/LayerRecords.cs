using Evenkeel.Diagnostics;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs;

namespace Evenkeel.Watch.Following;

/// <summary>What a run recorded of its layers, by layer.</summary>
/// <param name="courses">The values of <c>layers.jsonl</c>.</param>
internal sealed class LayerRecords(MetricsCourses courses)
{
    /// <summary>The values.</summary>
    public MetricsCourses Courses { get; } = courses;

    /// <summary>The layers of which something is recorded, in the network's order.</summary>
    public IReadOnlyList<string> Names =>
        [.. Courses.Names.Select(name => LayerValue.Parse(name).Layer).Distinct(StringComparer.Ordinal)];

    /// <summary>Those of them that are batch normalisations.</summary>
    public IEnumerable<string> Norms => Names.Where(layer => Find(layer, LayerValue.Mean) is not null);

    /// <summary>The course of a value of a layer; null where it was not recorded.</summary>
    public BoundedSeries? Find(string layer, string value) => Courses.Find(LayerValue.NameOf(layer, value));

    /// <summary>What is wrong with a batch normalisation now, with the number of channels.</summary>
    public IEnumerable<(BatchNormProblem Problem, int Channels)> Problems(string layer) =>
        from problem in Enum.GetValues<BatchNormProblem>()
        let series = Find(layer, LayerValue.Of(problem))
        where series is not null && series.LastStep == Courses.LastStep && series.Last > 0
        select (problem, (int)series.Last);
}
