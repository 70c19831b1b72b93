using Evenkeel.Data;
using Evenkeel.Graphs;

namespace Evenkeel.Training;

/// <summary>Whether a data set can be fed to a network.</summary>
internal static class DatasetFit
{
    public static void Require(Graph graph, IDataset data)
    {
        Shape input = graph.Input.Shape;
        if (data.InputLength != input.Count)
        {
            throw new GraphException(
                $"The data '{data.Name}' has {data.InputLength} values per example ({string.Join("x", data.Shape)}), "
                    + $"but the network's input is {input}; change the network's input or the data."
            );
        }

        if (data.Classes > graph.Output.Shape.Channels)
        {
            throw new GraphException(
                $"The data '{data.Name}' has {data.Classes} classes, but the network's output '{graph.OutputName}' has "
                    + $"{graph.Output.Shape.Channels}; give its last layer {data.Classes} units."
            );
        }

        if (graph.Output.Shape.Positions > 1)
        {
            throw new GraphException(
                $"The network's output '{graph.OutputName}' is {graph.Output.Shape}, a prediction for each of "
                    + $"{graph.Output.Shape.Positions} positions, but the data '{data.Name}' has one label per example; "
                    + "end the network in a single position."
            );
        }

        if (data.Count == 0)
            throw new GraphException($"The data '{data.Name}' is empty.");
    }
}
