using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>One direction of a recurrent layer.</summary>
/// <param name="network">What it reads, [steps, channels].</param>
/// <param name="scope">How the names of its layers begin.</param>
/// <param name="cell">What it does in a step.</param>
/// <param name="options">How it is built.</param>
internal sealed class OneDirection(Network network, string scope, RecurrentCell cell, RecurrentOptions options)
{
    private readonly int _steps = network.Shape.Dimensions[0];
    private readonly int _channels = network.Shape.Channels - (options.Masked ? 1 : 0);

    /// <summary>Appends its layers.</summary>
    /// <param name="withMask">Whether a sequence is returned with its mask, if it has one.</param>
    public Network Run(bool withMask)
    {
        Network inputs = Inputs();
        var states = new Network[_steps][];
        var unrolled = new UnrolledCell(network.Group(scope), cell.Units, options);
        for (int i = 0; i < _steps; i++)
        {
            int step = options.Direction == RecurrentDirection.Backward ? _steps - 1 - i : i;
            unrolled.Mask = options.Masked ? inputs.Fork().Value((2 * step) + 1) : null;
            Network state = cell.Step(unrolled, inputs.Fork().Value(options.Masked ? 2 * step : step));
            if (options.Sequence)
                states[step] = [unrolled.Shown(state, "output"), .. Masks(withMask ? unrolled.Mask : null)];
            unrolled.GoOn();
        }

        return options.Sequence ? Sequence(states) : unrolled.Hidden;
    }

    // The values of each step, followed by its mask if it has one.
    private Network Inputs()
    {
        int[] parts = options.Masked ? [_channels, 1] : [_channels];
        return network
            .Group(scope)
            .Add(new Reshape(new Shape(network.Shape.Count)), "row")
            .Add(new Split([.. Enumerable.Repeat(parts, _steps).SelectMany(p => p)]), "inputs");
    }

    private static Network[] Masks(Network? mask) => mask is null ? [] : [mask];

    private Network Sequence(Network[][] states)
    {
        Network[] parts = [.. states.SelectMany(s => s)];
        return network
            .Group(scope)
            .Join(new Concat(parts.Length), "states", parts)
            .Add(new Reshape(new Shape(_steps, parts.Sum(p => p.Shape.Count) / _steps)), "sequence");
    }
}
