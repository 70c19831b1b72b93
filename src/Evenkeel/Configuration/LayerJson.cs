using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Layers as JSON objects of a <c>type</c> and the type's own fields; one line per type in each direction.</summary>
internal static class LayerJson
{
    private static readonly Dictionary<string, Func<JsonFields, Layer>> Readers = new()
    {
        ["linear"] = ReadLinear,
        ["batchnorm"] = ReadBatchNorm,
        ["layernorm"] = ExampleNormJson.ReadLayer,
        ["groupnorm"] = ExampleNormJson.ReadGroup,
        ["instancenorm"] = ExampleNormJson.ReadInstance,
        ["decorrelatedbatchnorm"] = WhiteningJson.ReadDecorrelated,
        ["iternorm"] = WhiteningJson.ReadIterative,
        ["affine"] = f => new ChannelAffine { Trainable = f.Flag("trainable", true) },
        ["sigmoid"] = _ => new Sigmoid(),
        ["tanh"] = _ => new Tanh(),
        ["relu"] = _ => new Relu(),
        ["leakyrelu"] = f => new LeakyRelu((float)f.Number("slope", 0.01)),
        ["conv2d"] = ConvolutionJson.ReadConvolution,
        ["conv1d"] = LineVolumeJson.ReadLineConvolution,
        ["conv3d"] = LineVolumeJson.ReadVolumeConvolution,
        ["maxpool1d"] = LineVolumeJson.ReadLineMax,
        ["maxpool3d"] = LineVolumeJson.ReadVolumeMax,
        ["averagepool1d"] = LineVolumeJson.ReadLineAverage,
        ["averagepool3d"] = LineVolumeJson.ReadVolumeAverage,
        ["maxpool"] = f => new MaxPool2d(ConvolutionJson.ReadPoolingWindow(f)),
        ["averagepool"] = ConvolutionJson.ReadAveragePool,
        ["globalaveragepool"] = _ => new GlobalAveragePool(),
        ["lrn"] = ConvolutionJson.ReadLocalResponse,
        ["dropout"] = f => new Dropout((float)f.Number("rate", null)),
        ["gaussiannoise"] = f => new GaussianNoise((float)f.Number("deviation", null)),
        ["add"] = _ => new Add(),
        ["concat"] = f => new Concat((int)f.Integer("count", null, 1, 1 << 16)),
        ["split"] = f => new Split([.. MappingJson.Numbers(f, "sizes")]),
        ["input"] = f => new Input(MappingJson.ReadShape(f)),
        ["flatten"] = _ => new Flatten(),
        ["convtranspose2d"] = ConvolutionJson.ReadTransposed,
        ["permute"] = f => new Permute([.. MappingJson.Numbers(f, "order")]),
        ["reshape"] = f => new Reshape(MappingJson.ReadShape(f)),
        ["stretch"] = f => new Expand(MappingJson.ReadShape(f)),
        ["pad"] = MappingJson.ReadPad,
        ["resizenearest"] = MappingJson.ReadResize,
        ["resizelinear"] = MappingJson.ReadResizeLinear,
        ["constant"] = f => new ConstantValue(MappingJson.ReadShape(f)) { Trainable = f.Flag("trainable", true) },
        ["lstmcell"] = _ => new LstmCell(),
        ["grucell"] = _ => new GruCell(),
        ["elu"] = f => new Elu((float)f.Number("alpha", 1)),
    };

    static LayerJson()
    {
        foreach ((string type, Func<JsonFields, Layer> read) in FunctionJson.Readers)
            Readers.Add(type, read);
    }

    public static Layer Read(JsonFields fields)
    {
        string type = fields.Text("type");
        // Nothing that a configuration may ask for: files of models alone have it.
        if (type == CustomLayer.KindName)
            return CustomLayerJson.Read(fields);
        return Readers.TryGetValue(type, out Func<JsonFields, Layer>? read)
            ? read(fields)
            : throw new ConfigurationException(
                $"{fields.PathOf("type")}: '{type}' is not a layer; known: {string.Join(", ", Readers.Keys.Concat(RecurrentJson.Types))}."
            );
    }

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        writer.WriteString("type", layer.Kind);
        switch (layer)
        {
            case Linear linear:
                writer.WriteNumber("units", linear.Units);
                writer.WriteBoolean("bias", linear.Bias);
                InitializerJson.WriteFields(writer, linear.Trainable, linear.Initializer);
                break;
            case BatchNorm norm:
                WriteBatchNorm(writer, norm);
                break;
            case Conv2d or ConvTranspose2d or MaxPool2d or AveragePool2d or LocalResponseNorm or Dropout or Concat:
                ConvolutionJson.Write(writer, layer);
                break;
            case ExampleNorm norm:
                ExampleNormJson.Write(writer, norm);
                break;
            case WhiteningNorm norm:
                WhiteningJson.Write(writer, norm);
                break;
            case ConvolutionLayer or PoolingLayer:
                LineVolumeJson.Write(writer, layer);
                break;
            case ChannelAffine affine:
                writer.WriteBoolean("trainable", affine.Trainable);
                break;
            case GaussianNoise noise:
                writer.WriteNumber("deviation", noise.Deviation);
                break;
            case LeakyRelu leaky:
                writer.WriteNumber("slope", leaky.Slope);
                break;
            case Elu elu:
                writer.WriteNumber("alpha", elu.Alpha);
                break;
            case UnaryFunction or Reduction:
                FunctionJson.Write(writer, layer);
                break;
            default:
                MappingJson.Write(writer, layer);
                break;
        }
    }

    private static void WriteBatchNorm(Utf8JsonWriter writer, BatchNorm norm)
    {
        ConventionJson.Write(writer, norm.Convention);
        writer.WriteBoolean("trainAffine", norm.TrainAffine);
        writer.WriteBoolean("perActivation", norm.PerActivation);
        if (norm.InitialScale != 1)
            writer.WriteNumber("initialScale", norm.InitialScale);
        if (!norm.TrainShift)
            writer.WriteBoolean("trainShift", norm.TrainShift);
        if (norm.SyncGroupSize > 0)
            writer.WriteNumber("syncGroupSize", norm.SyncGroupSize);
        if (norm.Masked)
            writer.WriteBoolean("masked", norm.Masked);
        writer.WriteBoolean("updateStatistics", norm.UpdateStatistics);
        ConventionJson.WriteSource(writer, "normalizeWith", norm.NormalizeWith);
        ConventionJson.WriteSource(writer, "inferWith", norm.InferenceStatistics);
    }

    private static Linear ReadLinear(JsonFields f) =>
        new((int)f.Integer("units", null, 1, int.MaxValue), f.Flag("bias", true))
        {
            Trainable = f.Flag("trainable", true),
            Initializer = InitializerJson.ReadField(f),
        };

    private static BatchNorm ReadBatchNorm(JsonFields f) =>
        new(ConventionJson.Read(f))
        {
            TrainAffine = f.Flag("trainAffine", true),
            InitialScale = (float)f.Number("initialScale", 1),
            TrainShift = f.Flag("trainShift", true),
            PerActivation = f.Flag("perActivation", false),
            Masked = f.Flag("masked", false),
            SyncGroupSize = (int)f.Integer("syncGroupSize", 0, 0, int.MaxValue),
            UpdateStatistics = f.Flag("updateStatistics", true),
            NormalizeWith = ConventionJson.ReadSource(f, "normalizeWith", StatisticsSource.Batch),
            InferenceStatistics = ConventionJson.ReadSource(f, "inferWith", StatisticsSource.Running),
        };
}
