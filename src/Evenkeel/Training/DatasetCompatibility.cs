using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Training;

/// <summary>Whether a data set can be fed to a network.</summary>
internal static class DatasetCompatibility
{
    /// <summary>For a loss, which takes class labels or float targets.</summary>
    public static void Require(Graph graph, IDataset data, Loss loss)
    {
        RequireInputs(graph, data);
        if (loss is SoftmaxCrossEntropy)
        {
            RequireClasses(graph, data);
            return;
        }

        BufferInfo taken = loss.Targets(graph.OutputShape);
        if (taken.Type == ElementType.Int32)
            RequireLabels(data, (CustomLoss)loss, taken.PerExample);
        else
            RequireTargets(graph, data, loss, taken.PerExample);
    }

    private static void RequireTargets(Graph graph, IDataset data, Loss loss, int taken)
    {
        if (data is not ITargetDataset own)
            throw new GraphException(
                $"The loss {loss.Kind} needs float targets, but the data '{data.Name}' has {(data.Classes > 0 ? "class labels; use softmaxCrossEntropy, or" : "none;")} give it targets."
            );
        if (own.TargetLength != taken)
            throw new GraphException(
                $"The data '{data.Name}' has {own.TargetLength} targets per example ({string.Join("x", own.TargetShape)}), but "
                    + (
                        loss is CustomLoss { TargetLength: not null } custom
                            ? $"the loss '{custom.Name}' takes {taken}; change its target length or the targets."
                            : $"the network's output '{graph.OutputName}' is {graph.OutputShape}; change the last layer or the targets."
                    )
            );
    }

    private static void RequireLabels(IDataset data, CustomLoss loss, int taken)
    {
        RequireLabelled(data);
        if (data.Classes > loss.Classes)
            throw new GraphException(
                $"The data '{data.Name}' has {data.Classes} classes, but the loss '{loss.Name}' takes {loss.Classes}; give it {data.Classes}."
            );
        if (taken != data.LabelLength)
            throw new GraphException(
                $"The data '{data.Name}' has {Labels(data)} per example, but the loss '{loss.Name}' takes {taken}; give the targets with each batch, or use a data set with as many targets."
            );
    }

    private static void RequireLabelled(IDataset data)
    {
        if (data is ITargetDataset)
        {
            throw new GraphException(
                $"The data '{data.Name}' has float targets and no class labels; use a loss such as meanSquaredError."
            );
        }

        if (data.Classes == 0)
        {
            throw new GraphException(
                $"The data '{data.Name}' has no labels; loss and accuracy need data with one label per example."
            );
        }
    }

    /// <summary>For what looks at examples alone.</summary>
    public static void RequireInputs(Graph graph, IDataset data)
    {
        if (graph.Inputs.Length > 1)
        {
            throw new GraphException(
                $"The network has {graph.Inputs.Length} inputs ({string.Join(", ", graph.Inputs.Select(n => n.Name))}), but the data "
                    + $"'{data.Name}' has one value per example; data sets are for networks of one input."
            );
        }

        Shape input = graph.Input.Shape;
        if (data.InputLength != input.Count)
        {
            throw new GraphException(
                $"The data '{data.Name}' has {data.InputLength} values per example ({string.Join("x", data.Shape)}), "
                    + $"but the network's input is {input}; change the network's input or the data."
            );
        }

        if (data.Count == 0)
            throw new GraphException($"The data '{data.Name}' is empty.");
    }

    private static void RequireClasses(Graph graph, IDataset data)
    {
        RequireLabelled(data);
        if (data.Classes > graph.OutputShape.Channels)
        {
            throw new GraphException(
                $"The data '{data.Name}' has {data.Classes} classes, but the network's output '{graph.OutputName}' has "
                    + $"{graph.OutputShape.Channels}; give its last layer {data.Classes} units."
            );
        }

        int positions = graph.OutputShape.Positions;
        if (positions != data.LabelLength)
        {
            throw new GraphException(
                $"The network's output '{graph.OutputName}' is {graph.OutputShape}, a prediction for each of "
                    + $"{positions} positions, but the data '{data.Name}' has {Labels(data)} per example; "
                    + (data.LabelLength == 1 ? "end the network in a single position." : "end it in as many positions.")
            );
        }
    }

    private static string Labels(IDataset data) => data.LabelLength == 1 ? "one label" : $"{data.LabelLength} labels";
}
