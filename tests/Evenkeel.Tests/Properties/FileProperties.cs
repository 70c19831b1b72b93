using Evenkeel.Configuration;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Properties;

/// <summary>What is written is read back as it was.</summary>
public sealed class FileProperties
{
    private const int Cases = 150;

    [Fact]
    public void A_network_comes_back_from_its_JSON()
    {
        NetworkProperty.Holds(
            2 * Cases,
            network =>
            {
                string text = GraphJson.ToText(network.Graph);
                Graph read = GraphJson.Parse(text, "network");
                Assert.Equal(network.Graph.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
                Assert.Equal(network.Graph.Results.AsEnumerable(), read.Results.AsEnumerable());
                Assert.Equal(text, GraphJson.ToText(read));
            }
        );
    }

    [Fact]
    public void A_model_saved_read_and_saved_again_is_the_same_file()
    {
        using var folder = new TemporaryFolder();
        string first = folder.File("first.safetensors"),
            second = folder.File("second.safetensors");
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                ModelFile.Save(model, first);
                using Model read = ModelFile.Load(first);
                Assert.Equal(model.Graph.Nodes.AsEnumerable(), read.Graph.Nodes.AsEnumerable());
                Assert.Equal(Samples.Bytes(model), Samples.Bytes(read));
                ModelFile.Save(read, second);
                Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
                using Model known = ModelFile.Load(first, network.Graph);
                Assert.Equal(Samples.Bytes(model), Samples.Bytes(known));
            }
        );
    }
}
