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
        if (options.Masked && shape.Channels < 2)
            throw new GraphException(
                $"'{scope}' takes [steps, channels] with a mask as the last channel, so at least 2 channels, not {shape}."
            );
        network.CountGroup(scope, cell.Kind);
        if (options.Direction != RecurrentDirection.Both)
            return network.GoTo(new OneDirection(network, scope, cell, options).Run(withMask: true));
        Network forward = new OneDirection(
                network,
                $"{scope}.forward",
                cell,
                options with
                {
                    Direction = RecurrentDirection.Forward,
                }
            ).Run(withMask: false),
            backward = new OneDirection(
                network,
                $"{scope}.backward",
                cell,
                options with
                {
                    Direction = RecurrentDirection.Backward,
                }
            ).Run(withMask: true);
        return network.Join(new Concat(2), $"{scope}.both", forward, backward);
    }
}
