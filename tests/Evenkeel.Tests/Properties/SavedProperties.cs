using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Properties;

/// <summary>Whatever network is written is read as it was, and written again as the same bytes.</summary>
public sealed class SavedProperties
{
    private const int Cases = 80;

    [Fact]
    public void A_saved_model_is_read_and_saved_as_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                Graph graph = WithOutputs(network.Graph);
                string json = GraphJson.ToText(graph);
                Assert.Equal(json, GraphJson.ToText(GraphJson.Parse(json, "network")));
                using Model model = RandomModel.Of(graph, network.ValueSeed);
                ModelFile.Save(model, folder.File("a"));
                byte[] saved = File.ReadAllBytes(folder.File("a"));
                using Model read = ModelFile.Load(saved);
                Assert.Equal(graph.Nodes.AsEnumerable(), read.Graph.Nodes.AsEnumerable());
                Assert.Equal(graph.Results.AsEnumerable(), read.Graph.Results.AsEnumerable());
                Assert.Equal(Samples.Bytes(model), Samples.Bytes(read));
                ModelFile.Save(read, folder.File("b"));
                Assert.Equal(saved, File.ReadAllBytes(folder.File("b")));
            }
        );
    }

    // The primary one, one between with a name of its own, and the input.
    private static Graph WithOutputs(Graph graph) =>
        new(
            graph.Nodes,
            [
                new GraphOutput(graph.OutputName),
                new GraphOutput(graph.Nodes[graph.Nodes.Length / 2].Name, "between: 1"),
                new GraphOutput(graph.Input.Name, "same"),
            ]
        );
}
