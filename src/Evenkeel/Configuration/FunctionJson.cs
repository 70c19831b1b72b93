using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Layers that compute a function of one value, of two or of many as JSON.</summary>
internal static class FunctionJson
{
    /// <summary>One line per type.</summary>
    public static readonly Dictionary<string, Func<JsonFields, Layer>> Readers = new()
    {
        ["gelu"] = _ => new Gelu(),
        ["gelutanh"] = _ => new GeluTanh(),
        ["exp"] = _ => new Exp(),
        ["log"] = _ => new Log(),
        ["sqrt"] = _ => new Sqrt(),
        ["reciprocal"] = _ => new Reciprocal(),
        ["abs"] = _ => new Abs(),
        ["erf"] = _ => new Erf(),
        ["power"] = f => new Power((float)f.Number("exponent", null)),
        ["maximum"] = _ => new Maximum(),
        ["minimum"] = _ => new Minimum(),
        ["raise"] = _ => new Raise(),
        ["reducesum"] = f => new ReduceSum([.. MappingJson.Numbers(f, "axes")]),
        ["reducemean"] = f => new ReduceMean([.. MappingJson.Numbers(f, "axes")]),
        ["reducemax"] = f => new ReduceMax([.. MappingJson.Numbers(f, "axes")]),
        ["reducemin"] = f => new ReduceMin([.. MappingJson.Numbers(f, "axes")]),
        ["multiply"] = _ => new Multiply(),
        ["subtract"] = _ => new Subtract(),
        ["divide"] = _ => new Divide(),
        ["hardswish"] = _ => new HardSwish(),
        ["softplus"] = _ => new Softplus(),
        ["swish"] = _ => new Swish(),
        ["softmax"] = _ => new Softmax(),
        ["logsoftmax"] = _ => new LogSoftmax(),
        ["clip"] = ReadClip,
        ["hardsigmoid"] = f => new HardSigmoid((float)f.Number("slope", 0.2), (float)f.Number("offset", 0.5)),
    };

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        switch (layer)
        {
            case Clip clip:
                if (float.IsFinite(clip.Min))
                    writer.WriteNumber("least", clip.Min);
                if (float.IsFinite(clip.Max))
                    writer.WriteNumber("most", clip.Max);
                break;
            case HardSigmoid hard:
                writer.WriteNumber("slope", hard.Slope);
                writer.WriteNumber("offset", hard.Offset);
                break;
            case Power power:
                writer.WriteNumber("exponent", power.Exponent);
                break;
            case Reduction reduction:
                MappingJson.WriteNumbers(writer, "axes", reduction.Axes);
                break;
        }
    }

    // A limit that is not there is none.
    public static Clip ReadClip(JsonFields f) =>
        new(
            f.Has("least") ? (float)f.Number("least", null) : float.NegativeInfinity,
            f.Has("most") ? (float)f.Number("most", null) : float.PositiveInfinity
        );
}
