using Evenkeel.Data.Formats;
using Evenkeel.Networks;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

/// <summary>State files of residual networks as PyTorch's users have them, written by <c>tests/golden/make_resnet_golden.py</c>.</summary>
public sealed class PyTorchStateTests
{
    private const int Size = 64;

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void A_state_file_gives_what_PyTorch_computes(int depth)
    {
        using Model model = ModelFile.Load(PathOf(depth, "safetensors"), Network(depth));
        using var predictor = new Predictor(model);
        float[] images = NpyFile.Read(PathOf(depth, "x.npy")).Values,
            expected = NpyFile.Read(PathOf(depth, "y.npy")).Values;
        float[] outputs = predictor.Predict(ChannelsLast(images));
        // Float32 beside float64 through up to 53 layers, relative to the largest output.
        float tolerance = 2e-6f * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(outputs), p => Assert.InRange(p.First - p.Second, -tolerance, tolerance));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void What_is_written_has_the_same_names_shapes_and_bytes(int depth)
    {
        string path = Path.Combine(Path.GetTempPath(), $"evenkeel-{Guid.NewGuid():N}.safetensors");
        try
        {
            using (Model model = ModelFile.Load(PathOf(depth, "safetensors"), Network(depth)))
                ModelFile.Save(model, path);
            using SafeTensorsReader theirs = SafeTensorsReader.Open(PathOf(depth, "safetensors")),
                ours = SafeTensorsReader.Open(path);
            Assert.Equal(theirs.Tensors.Select(t => t.Name).Order(), ours.Tensors.Select(t => t.Name).Order());
            foreach (SafeTensorInfo tensor in theirs.Tensors)
            {
                Assert.Equal(tensor.Shape, ours.Info(tensor.Name).Shape);
                Assert.Equal(Bytes(theirs, tensor), Bytes(ours, tensor));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_state_file_of_another_depth_is_told_by_the_tensor()
    {
        var error = Assert.Throws<ModelFileException>(() => ModelFile.Load(PathOf(18, "safetensors"), Network(50)));
        Assert.Contains("it has no 'layer1.0.conv3.weight'", error.Message, StringComparison.Ordinal);
    }

    private static Graph Network(int depth) => ResNet.Create(depth, classes: 10, size: Size, channels: 4);

    private static string PathOf(int depth, string kind) =>
        Path.Combine(AppContext.BaseDirectory, "golden", "resnet", $"resnet{depth}.{kind}");

    private static byte[] Bytes(SafeTensorsReader reader, SafeTensorInfo tensor)
    {
        byte[] bytes = new byte[tensor.Bytes];
        reader.ReadBytes(tensor.Name, bytes);
        return bytes;
    }

    private static float[] ChannelsLast(float[] images)
    {
        const int Positions = Size * Size;
        float[] result = new float[images.Length];
        for (int i = 0; i < images.Length; i++)
        {
            (int example, int place) = Math.DivRem(i, 3 * Positions);
            (int channel, int position) = Math.DivRem(place, Positions);
            result[(((example * Positions) + position) * 3) + channel] = images[i];
        }

        return result;
    }
}
