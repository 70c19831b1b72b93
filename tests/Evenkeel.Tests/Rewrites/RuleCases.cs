using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>What the tests of rules share: small hand-built graphs, and running one as it stands.</summary>
internal static class RuleCases
{
    public static BatchNorm Norm { get; } = new(BatchNormConvention.Default);

    public static BatchNorm Frozen { get; } = Norm with { NormalizeWith = StatisticsSource.Running };

    public static RewriteResult Apply(RewriteRule rule, Graph graph, PlanOptions? options = null)
    {
        options ??= new PlanOptions(PlanMode.Training, 8);
        RewriteResult result = RewriteRunner.Run(graph, [rule], options);
        RewriteResult again = RewriteRunner.Run(result.Graph, [rule], options);
        Assert.Equal(result.Graph.Nodes.AsEnumerable(), again.Graph.Nodes.AsEnumerable());
        Assert.DoesNotContain(again.Log, entry => entry.Applied);
        return result;
    }

    /// <summary>The rule leaves the graph alone and says why.</summary>
    public static void Declines(RewriteRule rule, Graph graph, string reason, PlanOptions? options = null)
    {
        RewriteResult result = Apply(rule, graph, options);
        Assert.Equal(LayerOperations.Lower(graph).Nodes.AsEnumerable(), result.Graph.Nodes.AsEnumerable());
        RewriteLogEntry entry = Assert.Single(result.Log);
        Assert.False(entry.Applied);
        Assert.Contains(reason, entry.Reason);
    }

    /// <summary>The rule has nothing to say of the graph.</summary>
    public static void IsNotConcerned(RewriteRule rule, Graph graph)
    {
        RewriteResult result = Apply(rule, graph);
        Assert.Equal(LayerOperations.Lower(graph).Nodes.AsEnumerable(), result.Graph.Nodes.AsEnumerable());
        Assert.Empty(result.Log);
    }

    /// <summary>Output, loss and gradients by tensor name.</summary>
    public static (float[] Output, double Loss, Dictionary<string, float[]> Gradients) Train(
        Model model,
        float[] inputs,
        int[] labels,
        params string[] disabledRules
    )
    {
        var options = new PlanOptions(PlanMode.Training, labels.Length)
        {
            Loss = new SoftmaxCrossEntropy(),
            DisabledRules = [.. disabledRules],
        };
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, device);
        double loss = executor.ForwardBackward(inputs, labels);
        var gradients = new Dictionary<string, float[]>();
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
            gradients[place.Tensor.Name] = executor
                .Gradients.Slice((int)(place.ByteOffset / sizeof(float)), place.Tensor.Spec.Count)
                .ToArray();
        return (executor.Output.ToArray(), loss, gradients);
    }

    /// <summary>Outputs and gradients are the same with the rule and without it.</summary>
    public static void AssertAgrees(Model model, string rule)
    {
        float[] inputs = Samples.Floats(9 * model.Graph.Input.Shape.Count, 3);
        int[] labels = Samples.Labels(9, 3, 4);
        var expected = Train(model, inputs, labels, rule);
        var actual = Train(model, inputs, labels);
        // The same operations in the same order but for a store and a load between: a rounding or two of values of size 1.
        Close.Absolute(Doubles(expected.Output), actual.Output, 1e-6, "output");
        foreach ((string name, float[] gradient) in actual.Gradients)
            Close.Absolute(Doubles(expected.Gradients[name]), gradient, 1e-6, name);
        Close.Absolute(Doubles(Infer(model, inputs, rule)), Infer(model, inputs), 1e-6, "inferred");

        static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
    }

    public static float[] Infer(Model model, float[] inputs, params string[] disabledRules)
    {
        int batch = inputs.Length / model.Graph.Input.Shape.Count;
        var options = new PlanOptions(PlanMode.Inference, batch) { DisabledRules = [.. disabledRules] };
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, device);
        executor.Forward(inputs);
        return executor.Output.ToArray();
    }

    public static Graph Chain(params (string Name, Layer Layer)[] layers)
    {
        string before = "input";
        var wired = new List<(string, Layer, string[])>();
        foreach ((string name, Layer layer) in layers)
        {
            wired.Add((name, layer, [before]));
            before = name;
        }

        return HandBuilt.Graph([5], [.. wired]);
    }
}
