using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>Lowers what follows the gradients: norm, check, clipping and updates.</summary>
internal sealed class UpdateLowering(PlanBuilder builder)
{
    private readonly PlanOptions _options = builder.Options;
    private readonly TensorLayout _layout = builder.Layout;

    /// <summary>Buffer of the norm of the gradients; null where nobody asks for it.</summary>
    public BufferId? Norm { get; private set; }

    public void Lower(BufferId loss)
    {
        BufferId gradients = Floats("gradients", Region.Gradient, 0, (int)(_layout.TrainableBytes / sizeof(float)));
        if (builder.Groups.Count > 0)
            builder.Emit(Section.Backward, new ExchangeMeans([.. builder.Groups]));
        if (_options.Exchanges)
            new ExchangeLowering(builder).Lower(gradients);
        if (_options.ClipNorm is not null)
        {
            Norm = builder.AddDouble("gradient norm");
            builder.Emit(Section.Backward, new MeasureGradients(gradients, Norm.Value));
        }

        builder.Emit(Section.Backward, new CheckFinite(loss, Norm, builder.IsFinite));
        if (_options.Update is not { } rule)
            return;
        if (_options.ClipNorm is { } limit)
            builder.Emit(Section.Update, new ClipGradients(limit, Norm!.Value, builder.IsFinite, gradients));
        foreach (ParameterGroup group in _layout.Groups)
            builder.Emit(Section.Update, UpdateOf(rule, group));
    }

    private UpdateParameters UpdateOf(OptimizerConfig rule, ParameterGroup group)
    {
        string name = group.Role == TensorRole.Weight ? "weights" : "offsets";
        long start = group.Start * (long)sizeof(float);
        return new UpdateParameters(
            name,
            rule,
            group.Role == TensorRole.Weight ? rule.WeightDecay : rule.OffsetDecay,
            builder.IsFinite,
            Floats($"d {name}", Region.Gradient, start, group.Count),
            Floats(name, Region.Parameter, start, group.Count),
            [
                .. rule.StateNames.Select(
                    (state, i) =>
                        Floats($"{name} {state}", Region.Optimizer, (i * _layout.TrainableBytes) + start, group.Count)
                ),
            ]
        );
    }

    private BufferId Floats(string name, Region region, long home, int count) =>
        builder.Add(new BufferInfo(name, region, ElementType.Float32, 0, count) { Home = home });
}
