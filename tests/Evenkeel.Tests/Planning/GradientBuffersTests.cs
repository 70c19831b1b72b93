using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Planning;

public sealed class GradientBuffersTests
{
    [Fact]
    public void A_value_with_two_readers_receives_both_gradients() => GradientCheck.Run(Residual(new Tanh()));

    [Fact]
    public void A_value_read_twice_by_one_layer_receives_both_gradients() =>
        GradientCheck.Run(
            Build([
                ("linear1", new Linear(6), ["input"]),
                ("twice", new Add(), ["linear1", "linear1"]),
                ("act", new Sigmoid(), ["twice"]),
                ("linear2", new Linear(4), ["act"]),
            ])
        );

    [Fact]
    public void A_value_with_three_readers_receives_three_gradients()
    {
        Graph graph = Build([
            ("linear1", new Linear(6), ["input"]),
            ("a", new Sigmoid(), ["linear1"]),
            ("b", new Tanh(), ["linear1"]),
            ("ab", new Add(), ["a", "b"]),
            ("abc", new Add(), ["ab", "linear1"]),
            ("linear2", new Linear(4), ["abc"]),
        ]);
        GradientCheck.Run(graph);
        ExecutionPlan plan = ExecutionPlan.Build(
            graph,
            new PlanOptions(PlanMode.Training, 2) { Loss = new SoftmaxCrossEntropy() }
        );
        AccumulateGradient[] sums = [.. plan.Steps.Skip(plan.ForwardSteps).OfType<AccumulateGradient>()];
        Assert.Equal(2, sums.Length);
        Assert.All(sums, s => Assert.Equal("linear1", s.Layer));
    }

    [Fact]
    public void Batch_norm_whose_value_is_read_elsewhere() =>
        GradientCheck.Run(
            Build([
                ("linear1", new Linear(6, Bias: false), ["input"]),
                ("norm", new BatchNorm(BatchNormConvention.Default), ["linear1"]),
                ("act", new Sigmoid(), ["norm"]),
                ("sum", new Add(), ["act", "norm"]),
                ("linear2", new Linear(4), ["sum"]),
            ])
        );

    [Fact]
    public void A_branch_that_leads_nowhere_has_gradients_of_zero()
    {
        // The interpreter's differences for the dead branch are 0, and so must the engine's be.
        GradientCheck.Run(
            Build(
                [
                    ("linear1", new Linear(6), ["input"]),
                    ("dead", new Linear(3), ["linear1"]),
                    ("linear2", new Linear(4), ["linear1"]),
                ],
                "linear2"
            )
        );
    }

    [Fact]
    public void An_output_in_the_middle_is_trained() =>
        GradientCheck.Run(
            Build(
                [
                    ("linear1", new Linear(4), ["input"]),
                    ("after", new Sigmoid(), ["linear1"]),
                    ("more", new Linear(2), ["after"]),
                ],
                "linear1"
            )
        );

    [Fact]
    public void The_input_gets_no_gradient()
    {
        ExecutionPlan plan = ExecutionPlan.Build(
            Residual(new Relu()),
            new PlanOptions(PlanMode.Training, 2) { Loss = new SoftmaxCrossEntropy() }
        );
        Assert.DoesNotContain(plan.Buffers, b => b.Name == "d input");
        Assert.Single(plan.Steps.OfType<LinearGradientToInput>());
    }

    [Fact]
    public void A_network_in_which_nothing_learns_is_refused()
    {
        Graph graph = Network.Input(3).Add(new Linear(2) { Trainable = false }).Build();
        var e = Assert.Throws<GraphException>(() =>
            ExecutionPlan.Build(graph, new PlanOptions(PlanMode.Training, 2) { Loss = new SoftmaxCrossEntropy() })
        );
        Assert.Contains("trainable", e.Message);
    }

    [Fact]
    public void Training_without_a_loss_is_refused() =>
        Assert.Contains(
            "loss",
            Assert
                .Throws<GraphException>(() =>
                    ExecutionPlan.Build(Samples.Small(true), new PlanOptions(PlanMode.Training, 2))
                )
                .Message
        );

    private static Graph Residual(Activation activation) =>
        Build([
            ("linear1", new Linear(6), ["input"]),
            ("act", activation, ["linear1"]),
            ("sum", new Add(), ["act", "linear1"]),
            ("linear2", new Linear(4), ["sum"]),
        ]);

    private static Graph Build((string Name, Layer Layer, string[] Inputs)[] layers, string? output = null) =>
        HandBuilt.Graph([5], layers, output);
}
