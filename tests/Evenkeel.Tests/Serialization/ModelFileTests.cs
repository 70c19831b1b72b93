using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static Graph Net(int hidden = 5) =>
        Network.Input(7).Linear(hidden).Sigmoid().Linear(hidden).Relu().Linear(3).Build().InsertBatchNorm();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Round_trip_keeps_every_value_and_the_network()
    {
        using Model model = Model.Create(Net(), 3);
        Disturb(model);
        string path = _folder.File("model.safetensors");
        ModelFile.Save(model, path);
        using Model loaded = ModelFile.Load(path);
        Assert.Equal(model.Graph.Nodes.AsEnumerable(), loaded.Graph.Nodes.AsEnumerable());
        AssertSame(model, loaded);
    }

    [Fact]
    public void Files_hold_linear_weights_as_units_by_inputs()
    {
        using Model model = Model.Create(Net(), 3);
        string path = _folder.File("model.safetensors");
        ModelFile.Save(model, path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        Assert.Equal([5L, 7L], reader.Info("linear1.weight").Shape);
        float[] stored = new float[35];
        reader.ReadFloat32("linear1.weight", stored);
        Assert.Equal(model.Floats("linear1.weight")[(2 * 5) + 4], stored[(4 * 7) + 2]);
        Assert.Empty(reader.Info("batchnorm1.num_batches_tracked").Shape);
    }

    [Fact]
    public void Names_of_a_numbered_sequence_are_matched_in_order()
    {
        using Model model = Model.Create(Net(), 3);
        Disturb(model);
        string path = _folder.File("sequential.safetensors");
        SaveNumbered(model, path, withState: true);
        using Model other = Model.Create(Net(), 99);
        ModelFile.LoadInto(other, path);
        AssertSame(model, other);
    }

    [Fact]
    public void Running_statistics_that_a_file_lacks_stay()
    {
        using Model model = Model.Create(Net(), 3);
        string path = _folder.File("weights.safetensors");
        SaveNumbered(model, path, withState: false);
        using Model other = Model.Create(Net(), 99);
        other.Floats("batchnorm1.running_mean")[1] = 42;
        ModelFile.LoadInto(other, path);
        Assert.Equal(42, other.Floats("batchnorm1.running_mean")[1]);
        Assert.Equal(model.Floats("linear2.weight").ToArray(), other.Floats("linear2.weight").ToArray());
    }

    [Theory]
    [InlineData("linear2.weight", float.NaN, "is NaN")]
    [InlineData("linear2.weight", float.PositiveInfinity, "Use an earlier checkpoint")]
    [InlineData("batchnorm2.running_var", -0.5f, "below 0")]
    [InlineData("batchnorm2.running_mean", float.NaN, "is NaN")]
    public void Bad_values_are_refused_and_the_model_stays(string tensor, float value, string message)
    {
        using Model model = Model.Create(Net(), 3);
        model.Floats(tensor)[2] = value;
        string path = _folder.File("bad.safetensors");
        ModelFile.Save(model, path);
        using Model other = Model.Create(Net(), 99);
        using Model before = other.Clone();
        var error = Assert.Throws<ModelFileException>(() => ModelFile.LoadInto(other, path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(tensor, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        AssertSame(before, other);
        Assert.Throws<ModelFileException>(() => ModelFile.Load(path).Dispose());
    }

    [Fact]
    public void A_file_of_another_network_is_refused()
    {
        using Model wide = Model.Create(Net(6), 3);
        string path = _folder.File("wide.safetensors");
        ModelFile.Save(wide, path);
        using Model model = Model.Create(Net(), 3);
        var error = Assert.Throws<ModelFileException>(() => ModelFile.LoadInto(model, path));
        Assert.Contains("[6, 7], the network needs [5, 7]", error.Message, StringComparison.Ordinal);

        using Model plain = Model.Create(Network.Input(7).Linear(5, bias: false).Build(), 1);
        error = Assert.Throws<ModelFileException>(() => ModelFile.LoadInto(plain, path));
        Assert.Contains("which the network does not have", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_network_says_so()
    {
        string path = _folder.File("bare.safetensors");
        new SafeTensorsWriter().Add("x", [1], [1f]).Save(path);
        var error = Assert.Throws<ModelFileException>(() => ModelFile.Load(path).Dispose());
        Assert.Contains("does not say which network", error.Message, StringComparison.Ordinal);
    }

    internal static void AssertSame(Model expected, Model actual)
    {
        foreach (string name in expected.Layout.Tensors.Select(t => t.Tensor.Name))
        {
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                Assert.Equal(expected.Integers(name).ToArray(), actual.Integers(name).ToArray());
            else
                Assert.Equal(expected.Floats(name).ToArray(), actual.Floats(name).ToArray());
        }
    }

    private static void Disturb(Model model)
    {
        float value = 0.1f;
        foreach (string name in model.Layout.Tensors.Select(t => t.Tensor.Name))
        {
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                model.Integers(name)[0] = 17;
                continue;
            }

            foreach (ref float v in model.Floats(name))
                v += value += 0.01f;
        }
    }

    private static void SaveNumbered(Model model, string path, bool withState)
    {
        string[] nodes = [.. model.Graph.Nodes.Skip(1).Select(n => n.Name)];
        var writer = new SafeTensorsWriter();
        foreach (var place in model.Layout.Tensors)
        {
            string name = $"{Array.IndexOf(nodes, place.Tensor.Node)}.{place.Tensor.Spec.Name}";
            bool state = place.Tensor.Spec.Role == Evenkeel.Graphs.TensorRole.State;
            if (state && !withState)
                continue;
            if (place.Tensor.Spec.Type == Evenkeel.Graphs.ElementType.Int64)
                writer.Add(name, [], model.Integers(place.Tensor.Name).ToArray());
            else
                ModelTensors.AddFloats(writer, name, place.Tensor.Spec, () => model.Floats(place.Tensor.Name));
        }

        writer.Save(path);
    }
}
