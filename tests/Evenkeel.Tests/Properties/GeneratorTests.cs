using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Properties;

/// <summary>The generator of random networks: every layer there is, valid whatever the numbers, and small when shrunk.</summary>
public sealed class GeneratorTests
{
    [Fact]
    public void Every_public_kind_of_layer_is_drawn()
    {
        Type[] kinds =
        [
            .. typeof(Layer).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract),
        ];
        // A new layer needs a line in LayerChoices of Evenkeel.Testing. Code of the caller's computes in floats on the reference device too, so
        // finite differences are too coarse there; CustomLayerTests hold it.
        Assert.Equal(
            kinds.Where(t => t != typeof(Input) && t != typeof(CustomLayer)).Select(t => t.Name).Order(),
            RandomNetwork.LayerKinds.Select(t => t.Name).Order()
        );
    }

    [Fact]
    public void Every_kind_turns_up_in_the_networks_that_are_run()
    {
        HashSet<Type> found =
        [
            .. NetworkProperty
                .Recipes(600)
                .SelectMany(r => new RandomNetwork(r).Graph.Nodes)
                .Select(n => n.Layer.GetType()),
        ];
        Assert.Empty(RandomNetwork.LayerKinds.Except(found));
    }

    [Fact]
    public void A_recipe_repeats_its_network()
    {
        foreach (NetworkRecipe recipe in NetworkProperty.Recipes(20))
        {
            Graph graph = new RandomNetwork(recipe).Graph;
            Assert.Equal(graph.Nodes, new RandomNetwork(NetworkRecipe.Parse(recipe.ToString())).Graph.Nodes);
        }
    }

    [Fact]
    public void A_failure_is_shrunk_to_what_it_takes()
    {
        var e = Assert.Throws<NetworkPropertyException>(() =>
            NetworkProperty.Holds(
                300,
                network => Assert.DoesNotContain(network.Graph.Nodes, n => n.Layer is ResizeNearest)
            )
        );
        string recipe = e.Message.Split($"{NetworkProperty.RecipeVariable}=")[1].Split('\n')[0];
        Graph smallest = new RandomNetwork(NetworkRecipe.Parse(recipe)).Graph;
        Assert.Equal([typeof(Input), typeof(ResizeNearest)], smallest.Nodes.Select(n => n.Layer.GetType()));
    }
}
