using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Properties;

/// <summary>Plans and runs of random networks.</summary>
internal static class Engine
{
    /// <summary>Of what layers draw in training.</summary>
    public const ulong Seed = 9;

    public static IReadOnlyList<string> AllRules { get; } =
    [.. RuleSet.Lowering.Select(r => r.Name), InPlaceConcatenation.Rule, .. RuleSet.OfSteps];

    /// <summary>Options of a mode; a plan that trains has a loss.</summary>
    public static PlanOptions Options(PlanMode mode, int batch, params IEnumerable<string> disabled) =>
        new(mode, batch)
        {
            Loss = mode == PlanMode.Training ? new SoftmaxCrossEntropy() : null,
            DisabledRules = [.. disabled],
            Seed = Seed,
        };

    public static Executor Open(Model model, PlanOptions options, Device device) =>
        new(ExecutionPlan.Build(model.Graph, options), model, device) { FillFreedWithNaN = true };

    /// <summary>Runs a batch, with the loss and its gradients where the plan trains.</summary>
    public static void Run(Executor executor, RandomNetwork network, float[] inputs)
    {
        if (executor.Plan.Options.Mode == PlanMode.Training)
            executor.ForwardBackward(inputs, network.Labels(inputs.Length / network.Graph.Input.Shape.Count));
        else
            executor.Forward(inputs);
    }

    /// <summary>The modes in which a network can be run: it trains only if something in it learns.</summary>
    public static IEnumerable<PlanMode> Modes(RandomNetwork network) =>
        Enum.GetValues<PlanMode>().Where(mode => mode != PlanMode.Training || Learns(network.Graph));

    /// <summary>The layer whose value a plan gives: a softmax at the end is part of the loss.</summary>
    public static string Output(Graph graph, PlanMode mode)
    {
        string output = graph.OutputName;
        while (mode == PlanMode.Training && graph[output].Layer is Softmax or LogSoftmax)
            output = graph[output].Inputs[0];
        return output;
    }

    /// <summary>Throws if an output of a run is not as expected.</summary>
    /// <returns>Whether the comparison of the primary output could show anything.</returns>
    public static bool CheckOutputs(Executor executor, Graph graph, ExpectedValues expected, string what)
    {
        for (int i = 1; i < graph.OutputNames.Length; i++)
            expected.Check(graph.OutputNames[i], executor.OutputAt(i), what);
        return expected.Check(Output(graph, executor.Plan.Options.Mode), executor.Output, what);
    }

    /// <summary>Whether the output depends on something that training may change.</summary>
    public static bool Learns(Graph graph)
    {
        HashSet<string> learn = [];
        foreach (Node node in graph.Nodes)
        {
            if (
                node.Inputs.Any(learn.Contains)
                || node.Layer.Tensors(graph.InputShapes(node)).Any(t => t.Role != TensorRole.State && t.Trainable)
            )
                learn.Add(node.Name);
        }

        return learn.Contains(Output(graph, PlanMode.Training));
    }
}
