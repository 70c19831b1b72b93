using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class ModelNotesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Graph Net() => Network.Input(3).Linear(4, bias: false).BatchNorm().Relu().Linear(2).Build();

    private Model WithoutStatistics()
    {
        using Model model = Model.Create(Net(), 1);
        var writer = new SafeTensorsWriter();
        ModelTensors.AddFloats(
            writer,
            "linear1.weight",
            model.Layout["linear1.weight"].Tensor.Spec,
            () => model.Floats("linear1.weight")
        );
        foreach (string name in (string[])["batchnorm1.weight", "batchnorm1.bias", "linear2.bias"])
            ModelTensors.AddFloats(writer, name, model.Layout[name].Tensor.Spec, () => model.Floats(name));
        writer.Add<Half>("linear2.weight", [2, 4], () => new Half[8]);
        string path = _folder.File("state.safetensors");
        writer.Save(path);
        return ModelFile.Load(path, Net());
    }

    [Fact]
    public void Nothing_is_assumed_of_a_new_model()
    {
        using Model model = Model.Create(Net(), 1);
        Assert.Empty(model.Notes);
    }

    [Fact]
    public void Missing_statistics_and_other_types_are_noted()
    {
        using Model model = WithoutStatistics();
        Assert.Collection(
            model.Notes,
            note =>
                Assert.Contains(
                    "lacks running statistics of 1 batch normalisation(s) (batchnorm1)",
                    note,
                    StringComparison.Ordinal
                ),
            note => Assert.Equal("1 tensor(s) are F16 in the file and were widened to float32.", note)
        );
    }

    [Fact]
    public void Numbered_layers_are_noted()
    {
        using Model model = Model.Create(Network.Input(3).Linear(4).Relu().Linear(2).Build(), 1);
        string path = _folder.File("sequential.safetensors");
        new SafeTensorsWriter()
            .Add<float>("0.weight", [4, 3], () => new float[12])
            .Add<float>("0.bias", [4], () => new float[4])
            .Add<float>("2.weight", [2, 4], () => new float[8])
            .Add<float>("2.bias", [2], () => new float[2])
            .Save(path);
        ModelFile.LoadInto(model, path);
        Assert.Equal(
            "The file numbers its layers; its tensors were assigned in their order: 0 is linear1, 2 is linear2.",
            Assert.Single(model.Notes)
        );
    }

    [Fact]
    public void Whatever_is_made_of_a_model_keeps_its_notes()
    {
        using Model model = WithoutStatistics();
        IReadOnlyList<string> notes = model.Notes;
        using Model clone = model.Clone(),
            affine = model.ReplaceByAffine(new Dictionary<string, ChannelStatistics>());
        using Model folded = model.FoldBatchNorm();
        string path = _folder.File("saved.safetensors");
        ModelFile.Save(clone, path);
        using Model read = ModelFile.Load(path);
        Assert.All((Model[])[clone, affine, folded, read], m => Assert.Equal(notes, m.Notes));
    }

    [Fact]
    public void Statistics_that_were_measured_since_are_not_missing()
    {
        using Model model = WithoutStatistics();
        model.Integers("batchnorm1.num_batches_tracked")[0] = 1;
        Assert.DoesNotContain(model.Notes, n => n.Contains("lacks", StringComparison.Ordinal));
    }
}
