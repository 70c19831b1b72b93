using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>A recurrent layer while it is unrolled: the states after the steps so far, and layers that all steps share.</summary>
internal sealed class UnrolledCell
{
    private readonly Network _start;
    private readonly RecurrentOptions _options;
    private int _step;

    /// <summary>Begins with the hidden state in front of the first step.</summary>
    public UnrolledCell(Network start, int units, RecurrentOptions options)
    {
        (_start, _options) = (start, options);
        Hidden = Start(units, "start");
        if (options.BatchNorm is { StartNoise: not 0 } norm)
            Hidden.Add(new GaussianNoise(norm.StartNoise), "start_noise");
    }

    /// <summary>The hidden state.</summary>
    public Network Hidden { get; set; }

    /// <summary>The cell state, where there is one.</summary>
    public Network? Cell { get; set; }

    /// <summary>1 for examples whose sequences have the step, 0 for the others; null where all have.</summary>
    public Network? Mask { get; set; }

    /// <summary>A state after the step where the sequence has it, else that before: before + mask (next - before).</summary>
    public Network Held(Network next, Network before, string name)
    {
        if (Mask is null)
            return next;
        Network change = Join(new Subtract(), $"{name}.change", next, before);
        return Join(new Add(), $"{name}.held", before, Shown(change, $"{name}.kept"));
    }

    /// <summary>A value where the sequence has the step, else 0.</summary>
    public Network Shown(Network value, string name)
    {
        if (Mask is null)
            return value;
        Network wide = Append(Mask.Fork(), new Expand(value.Shape), $"{name}.mask");
        return Join(new Multiply(), name, value, wide);
    }

    /// <summary>A state in front of the first step: 0, or what has been learned.</summary>
    public Network Start(int units, string name) =>
        _start.Fork().Add(new ConstantValue(new Shape(units)) { Trainable = _options.TrainStart }, name);

    /// <summary>What the input gives the gates, with a bias or a shift.</summary>
    public Network OfInput(Network input, int values) =>
        Product(input, values, "input", _options.InputInitializer, bias: true);

    /// <summary>What the hidden state gives them.</summary>
    /// <param name="values">Values of all gates.</param>
    /// <param name="bias">Whether it has a bias or a shift of its own.</param>
    public Network OfHidden(int values, bool bias = false) =>
        Product(Hidden.Fork(), values, "hidden", _options.HiddenInitializer, bias);

    /// <summary>A value with batch normalisation behind it, where it is asked for: statistics for each step, one gamma and beta.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">Name of the layer.</param>
    /// <param name="shift">Whether beta is learned.</param>
    public Network Normalized(Network value, string name, bool shift) =>
        _options.BatchNorm is { } norm
            ? Shared(
                value,
                new BatchNorm(norm.Convention)
                {
                    InitialScale = norm.InitialScale,
                    TrainShift = shift,
                    SyncGroupSize = norm.SyncGroupSize,
                    Masked = Mask is not null,
                },
                name
            )
            : value;

    /// <summary>A layer of this step alone that reads several values.</summary>
    public Network Join(Layer layer, string name, params ReadOnlySpan<Network> values) =>
        _start.Fork().Join(layer, $"{name}.{_step}", values);

    /// <summary>A layer of this step alone.</summary>
    public Network Append(Network value, Layer layer, string name) => value.Add(layer, $"{name}.{_step}");

    /// <summary>Goes on to the next step.</summary>
    public void GoOn() => _step++;

    // Normalisation cancels a bias in front of it: beta stands for it.
    private Network Product(Network value, int values, string name, Initializer initializer, bool bias) =>
        Normalized(
            Shared(value, new Linear(values, bias && _options.BatchNorm is null) { Initializer = initializer }, name),
            $"{name}_norm",
            shift: bias
        );

    private Network Shared(Network value, Layer layer, string name)
    {
        string own = _step == 0 ? name : $"{name}.{_step}";
        Network made = layer.InputCount == 1 ? value.Add(layer, own) : _start.Fork().Join(layer, own, value, Mask!);
        if (_step == 0)
            return made;
        made.Become(node => node with { ParametersOf = made.FullName(name) });
        return layer is BatchNorm norm && _options.BatchNorm!.OwnSteps is { } steps && _step >= steps
            ? made.Become(node =>
                node with
                {
                    Layer = norm with { UpdateStatistics = false },
                    StatisticsOf = made.FullName(steps == 1 ? name : $"{name}.{steps - 1}"),
                }
            )
            : made;
    }
}
