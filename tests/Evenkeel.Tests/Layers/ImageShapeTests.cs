using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Layers;

public sealed class ImageShapeTests
{
    [Fact]
    public void A_window_larger_than_the_image_is_refused_with_both_sizes()
    {
        string message = Refusal(() => Network.Input(4, 4, 3).Conv2d(8, 7, name: "stem"));
        Assert.Contains("'stem'", message, StringComparison.Ordinal);
        Assert.Contains("7x7", message, StringComparison.Ordinal);
        Assert.Contains("4x4", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_must_divide_channels() =>
        Assert.Contains(
            "2 groups must divide 3 channels",
            Refusal(() => Network.Input(4, 4, 3).Conv2d(8, 3, groups: 2)),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_convolution_needs_an_image() =>
        Assert.Contains("[784]", Refusal(() => Network.Input(784).Conv2d(8, 3)), StringComparison.Ordinal);

    [Fact]
    public void Branches_of_different_sizes_are_not_joined()
    {
        Network network = Network.Input(8, 8, 3);
        string message = Refusal(() => network.Concat("join", b => b.Conv2d(4, 1), b => b.Conv2d(4, 3, 2, 1)));
        Assert.Contains("'join'", message, StringComparison.Ordinal);
        Assert.Contains("[8, 8, 4] and [4, 4, 4]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_different_shapes_are_not_added()
    {
        Network network = Network.Input(8, 8, 3);
        Assert.Contains(
            "[8, 8, 4] and [8, 8, 3]",
            Refusal(() => network.Residual("sum", b => b.Conv2d(4, 1))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Files_hold_filters_first_and_come_back()
    {
        Graph graph = Network.Input(5, 5, 3).Conv2d(4, 2, name: "conv").GlobalAveragePool().Build();
        using Model model = Samples.Model(graph);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            ModelFile.Save(model, path);
            using (SafeTensorsReader reader = SafeTensorsReader.Open(path))
            {
                Assert.Equal([4L, 3L, 2L, 2L], reader.Info("conv.weight").Shape);
                float[] stored = new float[48];
                reader.ReadFloat32("conv.weight", stored);
                // Filter 3, channel 1, row 1, column 0: [3][1][1][0] in the file, [1][0][1][3] in memory.
                Assert.Equal(model.Floats("conv.weight")[(((1 * 2) + 0) * 12) + (1 * 4) + 3], stored[36 + 4 + 2]);
            }

            using Model read = ModelFile.Load(path);
            Assert.Equal(Samples.Bytes(model), Samples.Bytes(read));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Refusal(Action build) => Assert.Throws<GraphException>(build).Message;
}
