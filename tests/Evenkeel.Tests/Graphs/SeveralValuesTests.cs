using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Graphs;

/// <summary>Layers that make several values.</summary>
public sealed class SeveralValuesTests
{
    private static Network Parted => Network.Input(4, 6).Linear(8).Tanh().Add(new Split([3, 4, 1]), "parts");

    public static TheoryData<string> Networks => [.. Cases.Keys];

    private static Dictionary<string, Graph> Cases =>
        new()
        {
            ["all parts are read"] = Parted
                .Concat(null, b => b.Tanh(), b => b.Value(1).Linear(3), b => b.Value(2))
                .Linear(5)
                .Build(),
            ["one part is read"] = Parted.Value(1).Linear(5).Build(),
            ["a part is the output"] = Parted.Value(1).Build(),
            ["parts are swapped in place"] = Parted
                .Concat(null, b => b.Value(2), b => b.Value(1), b => { })
                .BatchNorm()
                .Linear(5)
                .Build(),
            ["a part is read twice"] = Parted
                .Value(1)
                .Concat(null, b => b.Sigmoid(), b => { }, b => b.Linear(2))
                .Build(),
            ["the whole is read beside its parts"] = Network
                .Input(6)
                .Linear(4)
                .Concat(null, b => b.Sigmoid(), b => b.Add(new Split([1, 3])).Value(1).Tanh(), b => b.Linear(2))
                .Build(),
            ["parts of parts"] = Parted.Value(1).Add(new Split([2, 2])).Value(1).Linear(5).Build(),
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        GradientCheck.Run(Cases[name]);
        GradientCheck.Run(Cases[name], disabledRules: [InPlaceConcatenation.Rule]);
    }

    [Fact]
    public void Parts_are_the_channels_of_the_value()
    {
        using Model model = Samples.Model(
            new Graph(
                Network
                    .Input(2, 3)
                    .Add(new Split([1, 2]), "parts")
                    .Value(1)
                    .Concat("joined", _ => { }, _ => { })
                    .Build()
                    .Nodes,
                [new GraphOutput("parts:1", "last"), new GraphOutput("parts"), new GraphOutput("joined")]
            )
        );
        using var predictor = new Predictor(model);
        IReadOnlyDictionary<string, float[]> made = predictor.PredictAll([1, 2, 3, 4, 5, 6]);
        Assert.Equal([2, 3, 5, 6], made["last"]);
        Assert.Equal([1, 4], made["parts"]);
        Assert.Equal([2, 3, 2, 3, 5, 6, 5, 6], made["joined"]);
        Assert.Equal([2, 3, 5, 6], predictor.Predict([1, 2, 3, 4, 5, 6]));
        Assert.Equal(new Shape(2, 2), predictor.OutputShape);
    }

    [Fact]
    public void Graph_and_editor_answer_for_each_value()
    {
        Graph graph = Cases["all parts are read"];
        foreach (IGraphView view in (IGraphView[])[graph, new GraphEditor(graph)])
        {
            Assert.Equal("parts", view["parts:2"].Name);
            Assert.Equal(["parts", "parts:1", "parts:2"], view["parts"].Values);
            Assert.Equal(
                [new Shape(4, 3), new Shape(4, 4), new Shape(4, 1)],
                view["parts"].Values.Select(view.ShapeOf)
            );
            Assert.Equal(["tanh2"], view.Consumers("parts").Select(n => n.Name));
            Assert.Equal(["linear2"], view.Consumers("parts:1").Select(n => n.Name));
            Assert.Equal(1, view.Reads("parts:2"));
            Assert.True(view.Contains("parts:2"));
            Assert.False(view.Contains("parts:3"));
        }
    }

    [Fact]
    public void Edits_move_the_readers_of_one_value_only()
    {
        GraphEditor editor = new(Cases["all parts are read"]);
        editor.InsertBefore("linear2", "between", new Sigmoid());
        Assert.Equal(["parts:1"], editor["between"].Inputs);
        editor.Replace("parts", new Split([3, 5])).Replace("concat1", new Concat(2), ["tanh2", "linear2"]);
        Assert.Equal(new Shape(4, 5), editor["between"].Shape);
        Assert.False(editor.Contains("parts:2"));
        editor.Bypass("tanh2");
        Assert.Equal(["parts", "linear2"], editor.ToGraph()["concat1"].Inputs);
        editor.Replace("parts", new Split([3, 4, 1])).Replace("concat1", new Concat(1), ["linear2"]).RemoveUnneeded();
        Assert.Equal(0, editor.Reads("parts"));
        Assert.Equal(3, editor.ToGraph()["parts"].Shapes.Length);
    }

    [Fact]
    public void A_value_that_an_edit_takes_away_from_its_reader_is_refused()
    {
        GraphEditor editor = new(Cases["all parts are read"]);
        editor.Replace("parts", new Split([3, 5]));
        Assert.Contains("parts:2", Assert.Throws<GraphException>(editor.ToGraph).Message);
    }

    [Fact]
    public void Parts_lie_in_a_concatenation_already()
    {
        ExecutionPlan plan = ExecutionPlan.Build(
            Cases["parts are swapped in place"],
            new PlanOptions(PlanMode.Inference, 2)
        );
        Assert.Equal(
            ["parts:2", "parts:1", "parts"],
            plan.Rewrites.Where(r => r.Rule == InPlaceConcatenation.Rule && r.Applied).Select(r => r.Node)
        );
        Assert.Equal(3, plan.Steps.OfType<CopyRows>().Count());
    }

    [Theory]
    [InlineData("a:1", "b", "a:1", "'a:1' names a layer and a further value")]
    [InlineData("a", "a", "a", "Two layers are named 'a'")]
    [InlineData("c", "b", "a:2", "reads 'a:2', which does not come before it")]
    public void Names_are_refused(string before, string behind, string read, string message)
    {
        var shape = new Shape(4);
        Shape[] halves = [new(2), new(2)];
        Node[] nodes =
        [
            new("input", new Input(shape), [], shape),
            new(before, new Relu(), ["input"], shape),
            new("a", new Split([2, 2]), ["input"], [.. halves]),
            new(behind, new Relu(), [read], halves[0]),
        ];
        Assert.Contains(message, Assert.Throws<GraphException>(() => new Graph(nodes, "input")).Message);
    }

    [Fact]
    public void A_further_value_owns_no_parameters()
    {
        Graph graph = Parted.Value(1).Linear(2, name: "end").Build();
        Node[] nodes = [.. graph.Nodes];
        nodes[^1] = nodes[^1] with { ParametersOf = "parts:1" };
        Assert.Throws<GraphException>(() => new Graph(nodes, "end"));
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(8, 0)]
    [InlineData(9, -1)]
    public void Sizes_that_do_not_fit_are_refused(int first, int second) =>
        Assert.Contains(
            "do not make up the 8",
            Assert.Throws<GraphException>(() => Network.Input(8).Add(new Split([first, second]))).Message
        );

    [Fact]
    public void A_value_that_a_layer_does_not_make_cannot_be_gone_on_with() =>
        Assert.Contains("makes 3 value(s)", Assert.Throws<GraphException>(() => Parted.Value(3)).Message);

    [Fact]
    public void Files_name_each_value()
    {
        Graph graph = GraphJson.Parse(
            """
            {"input": [5], "layers": [{"type": "split", "sizes": [2, 3]}, {"type": "linear", "units": 3},
             {"type": "add", "inputs": ["linear1", "split1:1"]}], "outputs": [{"layer": "add1"}, {"layer": "split1:1", "name": "rest"}]}
            """,
            "text"
        );
        Assert.Equal(new Shape(2), graph.ShapeOf("split1"));
        Assert.Equal(["split1"], graph["linear1"].Inputs);
        Assert.Equal(["add1", "split1:1"], graph.OutputNames.AsEnumerable());
        Graph read = GraphJson.Parse(GraphJson.ToText(graph), "text");
        Assert.Equal(graph.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
        Assert.Equal(graph.Results.AsEnumerable(), read.Results.AsEnumerable());
    }
}
