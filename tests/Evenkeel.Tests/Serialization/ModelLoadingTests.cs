namespace Evenkeel.Tests.Serialization;

public sealed class ModelLoadingTests
{
    [Fact]
    public void A_model_comes_back_from_a_file_and_from_a_stream()
    {
        using var folder = new TemporaryFolder();
        using Model model = Model.Create(Network.Input(4).Linear(3).BatchNorm().Relu().Linear(2), seed: 5);
        string path = folder.File("model.safetensors");
        model.Save(path);
        using var stream = new MemoryStream();
        model.Save(stream);
        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
        stream.Position = 0;
        using Model file = Model.Load(path),
            streamed = Model.Load(stream),
            named = Model.Load(path, model.Graph);
        foreach (Model read in (Model[])[file, streamed, named])
        {
            Assert.Equal(model.Trainable.ToArray(), read.Trainable.ToArray());
            Assert.Equal(model.Graph.Nodes, read.Graph.Nodes);
        }
    }

    [Fact]
    public void A_network_of_other_classes_is_refused_with_what_takes_over_the_rest()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors");
        using Model model = Model.Create(Network.Input(4).Linear(3).Relu().Linear(2), seed: 5);
        model.Save(path);
        Graph other = Network.Input(4).Linear(3).Relu().Linear(6);
        var error = Assert.Throws<ModelFileException>(() => Model.Load(path, other));
        Assert.EndsWith("Model.With takes over the tensors that fit.", error.Message, StringComparison.Ordinal);
        using Model taken = model.With(other, seed: 7),
            fresh = Model.Create(other, seed: 7);
        Assert.Equal(model.Floats("linear1.weight"), taken.Floats("linear1.weight"));
        Assert.Equal(fresh.Floats("linear2.weight"), taken.Floats("linear2.weight"));
    }
}
