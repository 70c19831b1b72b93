using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Graphs;

public sealed class GraphEditorTests
{
    [Fact]
    public void Answers_follow_the_edits()
    {
        GraphEditor editor = new(Network.Input(4).Linear(3, name: "a").Relu("b").Linear(2, name: "c").Build());
        editor.Bypass("b");
        Assert.Equal(["a"], editor["c"].Inputs);
        Assert.Equal(["c"], editor.Consumers("a").Select(n => n.Name));
        Assert.False(editor.Contains("b"));
        editor.InsertBefore("c", "d", new Sigmoid());
        Assert.Equal(["input", "a", "d", "c"], editor.Nodes.Select(n => n.Name));
        editor.Replace("a", new Linear(5));
        Assert.Equal(new Shape(5), editor["d"].Shape);
        Assert.Equal(editor.Nodes, editor.ToGraph().Nodes);
    }

    [Fact]
    public void Shapes_are_asked_for_after_all_edits_of_a_change()
    {
        // Between the two edits the sum does not fit.
        GraphEditor editor = new(
            Network.Input(4).Residual("sum", n => n.Linear(4, name: "a"), n => n.Linear(4, name: "b")).Build()
        );
        editor.Replace("a", new Linear(3)).Replace("b", new Linear(3));
        Assert.Equal(new Shape(3), editor.ToGraph().Output.Shape);
        editor.Replace("a", new Linear(2));
        Assert.Throws<GraphException>(() => editor["sum"]);
    }

    [Fact]
    public void A_value_that_is_read_twice_counts_twice_and_its_reader_once()
    {
        var input = new Node("input", new Input(new Shape(4)), [], new Shape(4));
        var sum = new Node("sum", new Add(), ["input", "input"], new Shape(4));
        var graph = new Graph([input, sum], "sum");
        GraphEditor editor = new(graph);
        Assert.Equal((2, 2), (graph.Reads("input"), editor.Reads("input")));
        Assert.Equal(["sum"], graph.Consumers("input").Select(n => n.Name));
        Assert.Equal(["sum"], editor.Consumers("input").Select(n => n.Name));
    }

    [Fact]
    public void Outputs_move_with_what_stands_for_them()
    {
        GraphEditor editor = new(Network.Input(4).Linear(3, name: "a").Relu("b").Build("b", "a"));
        editor.Bypass("b");
        Assert.Equal(2, editor.Outputs("a"));
        editor.SetPrimaryOutput("input");
        Assert.Equal((1, 1), (editor.Outputs("a"), editor.Outputs("input")));
        Assert.Equal(["input", "a"], editor.ToGraph().OutputNames);
    }

    [Fact]
    public void Layers_are_inserted_at_one_place_without_end()
    {
        GraphEditor editor = new(Network.Input(4).Linear(4, name: "a").Build());
        for (int i = 0; i < 100; i++)
            editor.InsertBefore("a", $"r{i}", new Relu());
        Assert.Equal(
            ["input", .. Enumerable.Range(0, 100).Select(i => $"r{i}"), "a"],
            editor.ToGraph().Nodes.Select(n => n.Name)
        );
    }

    [Fact]
    public void What_nothing_needs_is_removed()
    {
        GraphEditor editor = new(Network.Input(4).Linear(3, name: "a").Relu("b").Relu("c").Build("a"));
        Assert.Equal(["input", "a"], editor.RemoveUnneeded().ToGraph().Nodes.Select(n => n.Name));
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        GraphEditor editor = new(Network.Input(4).Linear(3, name: "a").Relu("b").Build());
        Assert.Throws<GraphException>(() => editor.InsertBefore("b", "a", new Relu()));
        Assert.Throws<GraphException>(() => editor["nowhere"]);
    }
}
