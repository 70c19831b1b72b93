using System.Text;
using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>A name with options is the network that the library builds with them.</summary>
public sealed class NamedNetworksTests
{
    private static readonly BatchNormConvention Slow = new() { UpdateRate = 0.01 };

    [Fact]
    public void A_stack_takes_its_stages_and_the_convention()
    {
        Graph expected = Vgg.Create(
            [
                [4],
                [8, 8],
            ],
            7,
            16,
            true,
            Slow
        );
        Same(expected, """{"name": "vgg", "stages": [[4], [8, 8]], "batchNorm": {"updateRate": 0.01}}""");
        Same(
            Vgg.Create(
                [
                    [4],
                    [8, 8],
                ],
                7,
                16,
                false
            ),
            """{"name": "vgg", "stages": [[4], [8, 8]], "batchNorm": false}"""
        );
    }

    [Fact]
    public void A_residual_network_takes_depth_width_and_classes() =>
        Same(
            CifarResNet.Create(2, 9, 16, 4, Slow),
            """{"name": "resnet", "depth": 14, "width": 4, "classes": 9, "batchNorm": {"updateRate": 0.01}}"""
        );

    [Fact]
    public void Inception_takes_every_option()
    {
        var options = new BnInceptionOptions
        {
            Size = 48,
            Classes = 7,
            Width = 0.25,
            Stem = InceptionStem.Separable,
            LocalResponseNorm = true,
            Dropout = 0.25f,
            LateProjection = 128,
            Activation = new Elu(),
            Convention = Slow,
        };
        string json = """
            {"name": "bn-inception", "width": 0.25, "stem": "separable", "lrn": true, "dropout": 0.25,
             "lateProjection": 128, "activation": "elu", "batchNorm": {"updateRate": 0.01}}
            """;
        Same(BnInception.Create(options), json, 48);
    }

    private static void Same(Graph expected, string json, int size = 16)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var fields = new JsonFields(document.RootElement, "network");
        Graph read = NetworkConfig.Read(fields, new NetworkData(() => new Shape(size, size, 3), () => 7));
        Assert.Equal(Text(expected), Text(read));
    }

    private static string Text(Graph graph)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            GraphJson.Write(writer, graph);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
