using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Properties;

/// <summary>
/// Networks of ten thousand nodes and more. Whatever took time with the square of the nodes would not end within the limit, by far,
/// and whatever went as deep as the nodes are many would end the process, whose stack is small here.
/// </summary>
public sealed class LargeNetworkTests
{
    private const int Nodes = 15_000;
    private const int Limit = 75_000;
    private const int StackBytes = 256 << 10;

    [Fact(Timeout = Limit)]
    public Task A_chain_is_planned_folded_and_run() =>
        Deep(() =>
        {
            Network network = Network.Input(1, 1, 1);
            for (int i = 0; i < Nodes / 4; i++)
                network = network.Conv2d(1, 1).BatchNorm().Relu().Dropout(0.1f);
            Graph graph = network.Build();
            Assert.Equal(graph.Nodes, GraphJson.Parse(GraphJson.ToText(graph), "network").Nodes);
            Assert.NotEmpty(ExecutionPlan.Build(graph, Training).Steps);
            using var model = Model.Create(graph, 1);
            using var predictor = new Predictor(model, 1);
            Assert.Single(predictor.Predict([1f]));
        });

    [Fact(Timeout = Limit)]
    public Task Batch_normalisation_is_inserted_in_a_chain() =>
        Deep(() =>
        {
            Network network = Network.Input(2);
            for (int i = 0; i < Nodes / 4; i++)
                network = network.Linear(2).Relu();
            Graph graph = network.Linear(2).Build().InsertBatchNorm();
            Assert.Equal(Nodes / 4, graph.Nodes.Count(n => n.Layer is BatchNorm));
        });

    [Fact(Timeout = Limit)]
    public Task A_value_that_thousands_read_and_a_concatenation_of_thousands_are_planned() =>
        Deep(() =>
        {
            Action<Network>[] branches = new Action<Network>[5_000];
            Array.Fill(branches, b => b.BatchNorm().Relu());
            Graph graph = Network.Input(1, 1, 1).Conv2d(1, 1).Concat(null, branches).Build();
            Assert.NotEmpty(ExecutionPlan.Build(graph, new PlanOptions(PlanMode.Inference, 1)).Steps);
            Assert.NotEmpty(ExecutionPlan.Build(graph, Training).Steps);
            using var model = Model.Create(graph, 1);
            Assert.All(
                model.PlanFolding(),
                d =>
                {
                    Assert.False(d.Folds);
                    Assert.InRange(d.Reason.Length, 1, 1000);
                }
            );
        });

    [Fact(Timeout = Limit)]
    public Task A_place_to_fold_is_found_however_far_it_is() =>
        Deep(() =>
        {
            Network behind = Network.Input(1, 1, 1).Relu().BatchNorm();
            Network before = Network.Input(1, 1, 1).Conv2d(1, 1);
            for (int i = 0; i < Nodes; i++)
            {
                behind = behind.Dropout(0.1f);
                before = before.Dropout(0.1f);
            }

            foreach (Graph graph in (Graph[])[behind.Linear(1).Build(), before.BatchNorm().Relu().Build()])
            {
                using var model = Model.Create(graph, 1);
                Assert.True(Assert.Single(model.PlanFolding()).Folds);
            }
        });

    [Fact(Timeout = Limit)]
    public Task Ways_that_part_and_meet_again_end_a_search_for_a_place_to_fold() =>
        Deep(() =>
        {
            // Each concatenation doubles the ways.
            Network parting = Network.Input(1, 1, 1).Relu().BatchNorm();
            for (int i = 0; i < 20; i++)
                parting = parting.Concat(null, b => b.Dropout(0.1f), b => b.Dropout(0.1f));
            using var model = Model.Create(parting.Linear(1).Build(), 1);
            Assert.Contains("too many", Assert.Single(model.PlanFolding()).Reason, StringComparison.Ordinal);
        });

    [Fact(Timeout = Limit)]
    public Task Concatenations_inside_each_other_are_planned_however_deep() =>
        Deep(() =>
        {
            var one = new Shape(1, 1, 1);
            List<Node> nodes = [new("input", new Input(one), [], one), new("c0", new Relu(), ["input"], one)];
            for (int i = 1; i <= 5_000; i++)
            {
                nodes.Add(new Node($"r{i}", new Relu(), ["input"], one));
                nodes.Add(new Node($"c{i}", new Concat(2), [$"c{i - 1}", $"r{i}"], new Shape(1, 1, i + 1)));
            }

            var plan = ExecutionPlan.Build(new Graph(nodes, nodes[^1].Name), new PlanOptions(PlanMode.Inference, 1));
            Assert.InRange(plan.ActivationBytes, sizeof(float) * 5_001, sizeof(float) * 5_500);
        });

    [Fact(Timeout = Limit)]
    public Task A_model_of_many_tensors_is_saved_and_loaded() =>
        Deep(() =>
        {
            using var folder = new TemporaryFolder();
            Network network = Network.Input(1);
            for (int i = 0; i < Nodes / 2; i++)
                network = network.Linear(1).Relu();
            using var model = Model.Create(network.Build(), 1);
            string path = folder.File("model.safetensors");
            ModelFile.Save(model, path);
            using Model loaded = ModelFile.Load(path);
            Assert.Equal(model.ParameterChecksum(), loaded.ParameterChecksum());
        });

    private static Task Deep(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(
            () =>
            {
                try
                {
                    action();
                    done.SetResult();
                }
#pragma warning disable CA1031 // It fails the test.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    done.SetException(e);
                }
            },
            StackBytes
        )
        {
            IsBackground = true,
        }.Start();
        return done.Task;
    }

    private static PlanOptions Training => new(PlanMode.Training, 1) { Loss = new SoftmaxCrossEntropy() };
}
