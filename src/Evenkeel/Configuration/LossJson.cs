using System.Text.Json;

namespace Evenkeel.Configuration;

/// <summary>
/// A loss as a JSON object: <c>{"type": "softmaxCrossEntropy", "labelSmoothing": 0.1}</c>; types <c>softmaxCrossEntropy</c>,
/// <c>binaryCrossEntropy</c>, <c>meanSquaredError</c>, <c>meanAbsoluteError</c>, <c>huber</c>.
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
            _ => throw new ConfigurationException(
                $"{f.PathOf("type")}: '{type}' is not one of softmaxCrossEntropy, binaryCrossEntropy, meanSquaredError, meanAbsoluteError, huber."
            ),
        };
        f.RequireNoOthers();
        return f.Checked(loss, l => l.Validate());
    }

    /// <summary>Writes the loss as an object.</summary>
    /// <exception cref="ArgumentException">It is a loss of the caller's own, which is code.</exception>
    public static void Write(Utf8JsonWriter writer, Loss loss)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(loss);
        if (loss is CustomLoss own)
            throw new ArgumentException(
                $"The loss '{own.Name}' is code, which a configuration cannot contain; train with it in a program."
            );
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
        }

        writer.WriteEndObject();
    }

    private static void WriteWeights(Utf8JsonWriter writer, SoftmaxCrossEntropy loss)
    {
        writer.WriteStartArray("classWeights");
        foreach (double weight in loss.ClassWeights)
            writer.WriteNumberValue(weight);
        writer.WriteEndArray();
    }
}
