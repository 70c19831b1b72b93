using System.Globalization;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>The pictures: a chart for each nonlinearity, a colour for each initial scale, solid lines with batch normalisation.</summary>
internal sealed class GradientCharts(GradientExperiment experiment)
{
    private readonly IReadOnlyList<GradientGroup> _groups = GradientGroup.Of(experiment.Results);
    private readonly int _deepest = experiment.Options.Depths.Max();
    private readonly int _shallowest = experiment.Options.Depths.Min();

    /// <summary>All pictures with their captions.</summary>
    public IEnumerable<FigureSpec> Figures() =>
        [
            Figure(
                $"Singular values before training, {_deepest} layers",
                "Root mean square singular value of the Jacobian from what goes into one layer's nonlinearity to what goes into the next one's. "
                    + "The line is at 1, where the paper conjectures that batch normalisation brings them.",
                a => Jacobians(a, At(a, _deepest), r => r.Before)
            ),
            Figure(
                $"Singular values at the end, {_deepest} layers",
                "The same after training, without networks that diverged.",
                a => Jacobians(a, Trained(a), r => r.After)
            ),
            Figure(
                $"Gradients before training, {_deepest} layers",
                "Norm of the gradient of the loss by what goes into each nonlinearity, over that of the last layer. What falls to the left vanishes, "
                    + "what rises explodes; a gradient that is 0 in floats is not drawn.",
                a => Gradients(a, At(a, _deepest), r => r.Before)
            ),
            Figure(
                $"Gradients at the end, {_deepest} layers",
                "The same after training, without networks that diverged.",
                a => Gradients(a, Trained(a), r => r.After)
            ),
            Figure(
                $"Saturated values at the end, {_deepest} layers",
                "Part of a layer's values within 0.05 of a bound of sigmoid or tanh, and part of them that is 0 for ReLU.",
                Saturated
            ),
            Figure("Accuracy by depth", "Test accuracy at the end of training.", Accuracy),
            Figure(
                $"Smoothness along the gradient, {_shallowest} layers",
                "Largest change of the gradient over the distance gone, from half of a training step to four of them (Santurkar et al. 2018). A point "
                    + "where the loss was not finite is not drawn.",
                Smoothness
            ),
        ];

    private FigureSpec Figure(string title, string caption, Func<DeepActivation, ChartSpec> chart) =>
        new()
        {
            Title = title,
            Caption = caption,
            Charts = [.. experiment.Options.Activations.Select(chart)],
        };

    private ChartSpec Jacobians(
        DeepActivation activation,
        IEnumerable<GradientGroup> groups,
        Func<GradientResult, DepthProfile> profile
    ) =>
        Chart(
            activation,
            "Layer",
            new AxisSpec { Label = "Singular value", Scale = AxisScale.Logarithmic },
            groups,
            g =>
                (
                    g.Medians(r => profile(r).Jacobians, j => j.Layer),
                    g.Medians(r => profile(r).Jacobians, j => j.RootMeanSquare)
                )
        ) with
        {
            Markers = [new MarkerSpec(MarkerAxis.Y, 1, "1")],
        };

    private ChartSpec Gradients(
        DeepActivation activation,
        IEnumerable<GradientGroup> groups,
        Func<GradientResult, DepthProfile> profile
    ) =>
        Chart(
            activation,
            "Layer",
            new AxisSpec { Label = "Gradient, over that of the last layer", Scale = AxisScale.Logarithmic },
            groups,
            g =>
                ByLayer(
                    g.Medians<double>(r => [.. profile(r).Gradients.Select(x => x / profile(r).Gradients[^1])], x => x)
                )
        );

    private ChartSpec Saturated(DeepActivation activation) =>
        Chart(
            activation,
            "Layer",
            Share("Saturated"),
            Trained(activation),
            g => ByLayer(g.Medians(r => r.After.Saturated, x => x))
        );

    private ChartSpec Accuracy(DeepActivation activation) =>
        Chart(
            activation,
            "Hidden layers",
            Share("Test accuracy"),
            _groups.Where(g => g.Network.Activation == activation),
            g =>
            {
                GradientGroup[] depths =
                [
                    .. _groups
                        .Where(o => o.Network with { Depth = 0, Seed = 0 } == g.Network with { Depth = 0, Seed = 0 })
                        .OrderBy(o => o.Network.Depth),
                ];
                return (
                    [.. depths.Select(o => (double)o.Network.Depth)],
                    [.. depths.Select(o => o.Median(r => r.LastAccuracy))]
                );
            }
        );

    private ChartSpec Smoothness(DeepActivation activation) =>
        Chart(
            activation,
            "Training steps",
            new AxisSpec { Label = "Effective beta", Scale = AxisScale.Logarithmic },
            At(activation, _shallowest),
            g => (g.Medians(r => r.Smoothness, s => s.Step), g.Medians(r => r.Smoothness, s => s.Smoothness))
        );

    private IEnumerable<GradientGroup> At(DeepActivation activation, int depth) =>
        _groups.Where(g => g.Network.Activation == activation && g.Network.Depth == depth);

    private IEnumerable<GradientGroup> Trained(DeepActivation activation) =>
        At(activation, _deepest).Where(g => g.Diverged == 0);

    private ChartSpec Chart(
        DeepActivation activation,
        string x,
        AxisSpec y,
        IEnumerable<GradientGroup> groups,
        Func<GradientGroup, (double[] X, double[] Y)> line
    ) =>
        new()
        {
            Title = DeepNetwork.Word(activation),
            X = new AxisSpec { Label = x },
            Y = y,
            Series = [.. groups.DistinctBy(NameOf).Select(group => Series(group, line(group)))],
        };

    private SeriesSpec Series(GradientGroup group, (double[] X, double[] Y) line) =>
        new()
        {
            Name = NameOf(group),
            X = line.X,
            Y = line.Y,
            Style = group.Network.BatchNorm ? LineStyle.Solid : LineStyle.Dashed,
            Colour = experiment.Options.Scales.ToList().IndexOf(group.Network.Scale) % 6,
        };

    private static AxisSpec Share(string label) =>
        new()
        {
            Label = label,
            Minimum = 0,
            Maximum = 1,
        };

    private static (double[] X, double[] Y) ByLayer(double[] values) =>
        ([.. Enumerable.Range(1, values.Length).Select(i => (double)i)], values);

    private static string NameOf(GradientGroup group) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(group.Network.BatchNorm ? "with" : "without")} BN, scale {group.Network.Scale:g}"
        );
}
