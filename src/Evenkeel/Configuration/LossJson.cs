using System.Text.Json;

namespace Evenkeel.Configuration;

/// <summary>
/// A loss as a JSON object: <c>{"type": "softmaxCrossEntropy", "labelSmoothing": 0.1}</c>; types <c>softmaxCrossEntropy</c>,
/// <c>binaryCrossEntropy</c>, <c>meanSquaredError</c>, <c>meanAbsoluteError</c>, <c>huber</c>, <c>custom</c>.
/// </summary>
internal static class LossJson
{
    /// <summary>Reads the field <paramref name="name"/> of an object.</summary>
    public static Loss Read(JsonFields owner, string name)
    {
        ArgumentNullException.ThrowIfNull(owner);
        JsonFields f = owner.Object(name);
        string type = f.Text("type");
        Loss loss = type switch
        {
            "softmaxCrossEntropy" => new SoftmaxCrossEntropy
            {
                LabelSmoothing = f.Number("labelSmoothing", 0),
                ClassWeights = f.Has("classWeights") ? [.. f.Numbers("classWeights")] : [],
            },
            "binaryCrossEntropy" => new BinaryCrossEntropy(),
            "meanSquaredError" => new MeanSquaredError(),
            "meanAbsoluteError" => new MeanAbsoluteError(),
            "huber" => new HuberLoss(f.Number("delta", 1)),
            "custom" => ReadCustom(f),
            _ => throw new ConfigurationException(
                $"{f.PathOf("type")}: '{type}' is not one of softmaxCrossEntropy, binaryCrossEntropy, meanSquaredError, meanAbsoluteError, huber, custom."
            ),
        };
        f.RequireNoOthers();
        return f.Checked(loss, l => l.Validate());
    }

    /// <summary>Writes the loss as an object.</summary>
    public static void Write(Utf8JsonWriter writer, Loss loss)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(loss);
        writer.WriteStartObject();
        writer.WriteString("type", loss.Kind);
        switch (loss)
        {
            case SoftmaxCrossEntropy softmax:
                writer.WriteNumber("labelSmoothing", softmax.LabelSmoothing);
                if (!softmax.ClassWeights.IsEmpty)
                    WriteWeights(writer, softmax);
                break;
            case HuberLoss huber:
                writer.WriteNumber("delta", huber.Delta);
                break;
            case CustomLoss custom:
                WriteCustom(writer, custom);
                break;
        }

        writer.WriteEndObject();
    }

    // What a file can hold of it: enough to know it again, and to say what is missing where it would be computed.
    private static CustomLoss ReadCustom(JsonFields f)
    {
        string name = f.Text("name");
        if (string.IsNullOrWhiteSpace(name))
            throw new ConfigurationException($"{f.PathOf("name")}: the loss needs a name.");
        return new(name, (_, _) => throw WithoutCode(name))
        {
            Classes = f.Has("classes") ? (int)f.Integer("classes", null, 1, int.MaxValue) : null,
            TargetLength = f.Has("targetLength") ? (int)f.Integer("targetLength", null, 1, int.MaxValue) : null,
        };
    }

    private static ConfigurationException WithoutCode(string name) =>
        new(
            $"loss: '{name}' is a custom loss, whose code only a program has; train, resume and evaluate in that program with the loss given "
                + "again, or take another loss."
        );

    private static void WriteCustom(Utf8JsonWriter writer, CustomLoss loss)
    {
        writer.WriteString("name", loss.Name);
        if (loss.Classes is { } classes)
            writer.WriteNumber("classes", classes);
        if (loss.TargetLength is { } length)
            writer.WriteNumber("targetLength", length);
    }

    private static void WriteWeights(Utf8JsonWriter writer, SoftmaxCrossEntropy loss)
    {
        writer.WriteStartArray("classWeights");
        foreach (double weight in loss.ClassWeights)
            writer.WriteNumberValue(weight);
        writer.WriteEndArray();
    }
}
