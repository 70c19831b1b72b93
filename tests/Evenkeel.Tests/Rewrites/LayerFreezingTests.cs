using Evenkeel.Data.Images;
using Evenkeel.Data.Synthetic;
using Evenkeel.Diagnostics.Steps;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Networks;

namespace Evenkeel.Tests.Rewrites;

public sealed class LayerFreezingTests
{
    private static readonly Graph Small = ResNet.Create(18, classes: 3, size: 32, channels: 4);

    public static TheoryData<string> Checked => [.. Training.Select(n => n.Name).Distinct()];

    private static IEnumerable<CheckedNetwork> Training =>
        CheckedNetworks.All.Where(n => n.Mode == PlanMode.Training && n.Graph.Inputs.Length == 1);

    [Theory]
    [InlineData("fc")]
    [InlineData("layer4.1.conv1")]
    public void Training_changes_nothing_before_the_layer_and_all_from_there_on(string layer)
    {
        MemoryImages images = ShapesAndTextures.GenerateTrain(60, new() { Classes = 3 });
        using Model pretrained = Model.Create(Small, seed: 1);
        using Model model = pretrained.With(Small.FreezeBefore(layer));
        model.Train(images.ToDataset(32), new TrainingOptions { BatchSize = 20 });
        HashSet<string> learning = [.. Small.Nodes.Select(n => n.Name).SkipWhile(name => name != layer)];
        foreach (NamedTensor tensor in Small.Tensors().Where(t => t.Spec.Type == ElementType.Float32))
        {
            bool same = model.Floats(tensor.Name).SequenceEqual(pretrained.Floats(tensor.Name));
            Assert.True(same != learning.Contains(tensor.Node), tensor.Name);
        }
    }

    [Fact]
    public void A_branch_that_the_layer_does_not_read_learns() =>
        Assert.Equal(
            Names(Trainable(Small).Where(t => t.Node.StartsWith("layer4", StringComparison.Ordinal) || t.Node == "fc")),
            Names(Trainable(Small.FreezeBefore("layer4.0.conv1")))
        );

    [Theory]
    [MemberData(nameof(Checked))]
    public void Every_kind_of_layer_can_be_frozen(string name)
    {
        Graph graph = Training.First(n => n.Name == name).Graph,
            frozen = graph.FreezeBefore(graph.OutputName);
        Assert.All(Trainable(frozen), tensor => Assert.Equal(graph.OutputName, tensor.Node));
        Assert.Equal(Names(graph.Tensors()), Names(frozen.Tensors()));
    }

    [Fact]
    public void A_layer_that_is_not_there_is_named() =>
        Assert.Contains(
            "'head'",
            Assert.Throws<GraphException>(() => Small.FreezeBefore("head")).Message,
            StringComparison.Ordinal
        );

    private static IEnumerable<string> Names(IEnumerable<NamedTensor> tensors) => tensors.Select(t => t.Name);

    private static IEnumerable<NamedTensor> Trainable(Graph graph) => graph.Tensors().Where(t => t.Spec.Trainable);
}
