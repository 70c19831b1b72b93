using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>Recurrent layers, unrolled: a few layers for each step, which share what they learn.</summary>
internal static class Recurrence
{
    /// <summary>Appends a recurrent layer to a network.</summary>
    /// <exception cref="GraphException">The present value is not [steps, channels].</exception>
    public static Network Append(Network network, RecurrentCell cell, RecurrentOptions options, string? name)
    {
        Shape shape = network.Shape;
        string scope = name ?? network.NextName(cell.Kind);
        if (shape.Dimensions.Length != 2)
            throw new GraphException(
                $"'{scope}' goes over steps: it takes [steps, channels], not {shape}. Add a Reshape in front of it."
            );
        network.CountGroup(scope, cell.Kind);
        if (options.Direction != RecurrentDirection.Both)
            return network.GoTo(OneWay(network, scope, cell, options));
        Network forward = OneWay(
                network,
                $"{scope}.forward",
                cell,
                options with
                {
                    Direction = RecurrentDirection.Forward,
                }
            ),
            backward = OneWay(
                network,
                $"{scope}.backward",
                cell,
                options with
                {
                    Direction = RecurrentDirection.Backward,
                }
            );
        return network.Join(new Concat(2), $"{scope}.both", forward, backward);
    }

    private static Network OneWay(Network network, string scope, RecurrentCell cell, RecurrentOptions options)
    {
        (int steps, int channels) = (network.Shape.Dimensions[0], network.Shape.Channels);
        Network row = network.Group(scope).Add(new Reshape(new Shape(steps * channels)), "row"),
            inputs = row.Fork().Add(new Split([.. Enumerable.Repeat(channels, steps)]), "inputs");
        var states = new Network[steps];
        var unrolled = new UnrolledCell(network.Group(scope), cell.Units, options);
        for (int i = 0; i < steps; i++)
        {
            int step = options.Direction == RecurrentDirection.Backward ? steps - 1 - i : i;
            states[step] = cell.Step(unrolled, inputs.Fork().Value(step));
            unrolled.GoOn();
        }

        return options.Sequence
            ? network
                .Group(scope)
                .Join(new Concat(steps), "states", states)
                .Add(new Reshape(new Shape(steps, cell.Units)), "sequence")
            : unrolled.Hidden;
    }
}
