using Evenkeel.Configuration;
using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel.Runs.Configuration;

/// <summary>What a network must know of its data.</summary>
/// <param name="ReadShape">Reads the shape of an example; asked only where the configuration does not say it.</param>
/// <param name="Classes">Counts the classes; asked only where the configuration does not say, null where nothing does.</param>
internal sealed record NetworkData(Func<Shape> ReadShape, Func<int?> Classes)
{
    /// <summary>Shape of an example.</summary>
    public Shape Shape => ReadShape();
}

/// <summary>The networks that a configuration can name, and their options.</summary>
internal static class NamedNetworks
{
    private const int MaxClasses = 100_000;
    private const int MaxWidth = 4096;

    private static readonly Dictionary<string, Func<JsonFields, NetworkData, BatchNormConvention?, Graph>> Known = new()
    {
        [Mnist] = (_, _, convention) => MnistNetwork.Create(convention is not null, convention: convention),
        ["bn-inception"] = Inception,
        ["resnet"] = ResNet,
        ["vgg"] = Stack,
        ["resnet18"] = (f, data, convention) => LargeResNet(18, f, data, convention),
        ["resnet34"] = (f, data, convention) => LargeResNet(34, f, data, convention),
        ["resnet50"] = (f, data, convention) => LargeResNet(50, f, data, convention),
        ["resnet101"] = (f, data, convention) => LargeResNet(101, f, data, convention),
        ["resnet152"] = (f, data, convention) => LargeResNet(152, f, data, convention),
    };

    private static readonly Dictionary<string, InceptionStem> Stems = new()
    {
        ["plain"] = InceptionStem.Plain,
        ["separable"] = InceptionStem.Separable,
        ["small"] = InceptionStem.Small,
    };

    private static readonly Dictionary<string, Activation> Activations = new()
    {
        ["relu"] = new Relu(),
        ["sigmoid"] = new Sigmoid(),
        ["tanh"] = new Tanh(),
        ["leakyrelu"] = new LeakyRelu(),
        ["elu"] = new Elu(),
    };

    /// <summary>The network of section 4.1.</summary>
    public const string Mnist = "mnist";

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    /// <summary>Whether batch normalisation is there unless it is taken out: of the networks for images.</summary>
    public static bool IsNormalizedByDefault(string name) => name != Mnist;

    /// <summary>The stem for images of a size: below 96 the plain one would leave nothing of the image.</summary>
    public static InceptionStem InceptionStemFor(int size) => size < 96 ? InceptionStem.Small : InceptionStem.Plain;

    /// <summary>Reads the options of a named network and builds it.</summary>
    /// <param name="f">The field <c>network</c>.</param>
    /// <param name="data">What it is for.</param>
    /// <param name="convention">Batch normalisation, or null for none.</param>
    /// <exception cref="ConfigurationException">The name is not known, or an option is unknown or out of range.</exception>
    public static Graph Read(JsonFields f, NetworkData data, BatchNormConvention? convention)
    {
        string name = f.Text("name");
        if (!Known.TryGetValue(name, out var build))
            throw new ConfigurationException($"{f.PathOf("name")}: '{name}' is not a network; known: {Names}.");
        if (IsNormalizedByDefault(name) && data.Shape.Dimensions.Length != 3)
        {
            throw new ConfigurationException(
                $"{f.PathOf("name")}: '{name}' is a network for images, but the data's shape is {data.Shape}; set data.type to "
                    + $"\"{ImageDataConfig.Word}\"."
            );
        }

        Graph graph = build(f, data, convention);
        f.RequireNoOthers();
        return graph;
    }

    private static Graph Inception(JsonFields f, NetworkData data, BatchNormConvention? convention)
    {
        int size = SizeOf(data);
        if (size < 32)
            throw new ConfigurationException(
                $"{f.PathOf("name")}: images must be 32 or more high and wide, not {size}."
            );
        double width = f.Number("width", 1),
            dropout = f.Number("dropout", 0);
        if (width is not (> 0 and <= 8))
            throw new ConfigurationException($"{f.PathOf("width")}: it must be above 0 and at most 8.");
        if (dropout is not (>= 0 and < 1))
            throw new ConfigurationException($"{f.PathOf("dropout")}: it must be 0 or more and below 1.");
        return BnInception.Create(
            new BnInceptionOptions
            {
                Size = size,
                Classes = ClassesOf(f, data),
                Width = width,
                BatchNorm = convention is not null,
                Convention = convention,
                LocalResponseNorm = f.Flag("lrn", false),
                Dropout = (float)dropout,
                Stem = f.Choice("stem", Stems, InceptionStemFor(size)),
                LateProjection = (int)f.Integer("lateProjection", 96, 1, MaxWidth),
                Activation = f.Choice("activation", Activations, new Relu()),
            }
        );
    }

    private static Graph LargeResNet(int depth, JsonFields f, NetworkData data, BatchNormConvention? convention)
    {
        RequireBatchNorm(f, convention);
        if (SizeOf(data) < 32)
        {
            throw new ConfigurationException(
                $"{f.PathOf("name")}: images must be 32 or more high and wide, not {SizeOf(data)}; 'resnet' is for smaller ones."
            );
        }

        int width = (int)f.Integer("width", 64, 1, MaxWidth);
        return Networks.ResNet.Create(depth, ClassesOf(f, data), SizeOf(data), width, convention);
    }

    private static void RequireBatchNorm(JsonFields f, BatchNormConvention? convention)
    {
        if (convention is null)
        {
            throw new ConfigurationException(
                $"{f.PathOf("batchNorm")}: '{f.Text("name")}' always has batch normalisation; leave the field out."
            );
        }
    }

    private static Graph ResNet(JsonFields f, NetworkData data, BatchNormConvention? convention)
    {
        RequireBatchNorm(f, convention);
        long depth = f.Integer("depth", 20, 8, 1202);
        if (depth % 6 != 2)
        {
            throw new ConfigurationException(
                $"{f.PathOf("depth")}: it must be 6n + 2 (8, 14, 20, 32, 44, 56, 110, ...), not {depth}."
            );
        }

        if (SizeOf(data) < 4)
            throw new ConfigurationException($"{f.PathOf("name")}: images must be 4 or more high and wide.");
        return CifarResNet.Create(
            (int)(depth - 2) / 6,
            ClassesOf(f, data),
            SizeOf(data),
            (int)f.Integer("width", 16, 1, MaxWidth),
            convention
        );
    }

    private static Graph Stack(JsonFields f, NetworkData data, BatchNormConvention? convention)
    {
        int[][] stages = ReadStages(f);
        if (SizeOf(data) >> stages.Length == 0)
        {
            throw new ConfigurationException(
                $"{f.PathOf("stages")}: {stages.Length} stages are too many for images of {SizeOf(data)}, which each stage halves; use fewer."
            );
        }

        return Vgg.Create(stages, ClassesOf(f, data), SizeOf(data), convention is not null, convention);
    }

    private static int[][] ReadStages(JsonFields f)
    {
        int[][] stages = [.. f.IntegerLists("stages", 1, MaxWidth).Select(s => s.Select(n => (int)n).ToArray())];
        return stages.Length > 0
            ? stages
            : throw new ConfigurationException(
                $"{f.PathOf("stages")}: name at least one stage, such as [[64], [128]]."
            );
    }

    private static int SizeOf(NetworkData data) => data.Shape.Dimensions[0];

    private static int ClassesOf(JsonFields f, NetworkData data) =>
        (int)
            f.Integer(
                "classes",
                f.Has("classes")
                    ? null
                    : data.Classes()
                        ?? throw new ConfigurationException(
                            $"{f.PathOf("classes")}: the field is missing; give the number of classes here or in data.classes."
                        ),
                1,
                MaxClasses
            );
}
