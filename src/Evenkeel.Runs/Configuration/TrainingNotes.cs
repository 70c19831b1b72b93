using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Evenkeel.Configuration;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs.Configuration;

/// <summary>
/// What the metadata of a model's file says of its training: the data, what its classes are called, or the loss of float targets. It goes with the model from
/// checkpoint to safetensors to ONNX.
/// </summary>
internal static partial class TrainingNotes
{
    private const string Classes = "run.classes";
    private const string LossField = "loss";
    private const string LossNote = "run.loss";
    private static readonly NamesJson Json = new(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The notes for a model that is trained on data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="classNames">Names of its classes by label; none if they are not known.</param>
    /// <param name="loss">What it is trained by, and judged by later; not noted if it takes class labels.</param>
    public static Dictionary<string, string> Of(DataConfig data, IReadOnlyList<string> classNames, Loss loss)
    {
        var notes = new Dictionary<string, string> { [DataConfig.Note] = data.ToText() };
        if (classNames.Count > 0)
            notes[Classes] = JsonSerializer.Serialize([.. classNames], Json.StringArray);
        if (loss is not SoftmaxCrossEntropy)
            notes[LossNote] = Encoding.UTF8.GetString(JsonWriting.Object(writer => WriteLoss(writer, loss)));
        return notes;
    }

    /// <summary>Of a file's metadata, what concerns the training.</summary>
    public static Dictionary<string, string> In(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(n => n.Key is DataConfig.Note or Classes or LossNote).ToDictionary();

    /// <summary>The loss of float targets that the model was trained by; null if the file does not say one.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="ConfigurationException">It says one that is not known.</exception>
    public static Loss? LossIn(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(LossNote, out string? text)
            ? ConfigText.Parse(text, $"{name} ({LossNote})", "").Read(f => LossJson.Read(f, LossField))
            : null;

    /// <summary>Names of the classes by label; none if the file does not say them.</summary>
    public static IReadOnlyList<string> ClassNames(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue(Classes, out string? text)
                ? JsonSerializer.Deserialize(text, Json.StringArray) ?? []
                : [];
        }
        catch (JsonException)
        {
            // A file of another program, which means something else by the word.
            return [];
        }
    }

    /// <summary>A class for people: its number and, where it is known, its name.</summary>
    public static string Label(IReadOnlyList<string> names, int label) =>
        label < names.Count && names[label] != Number(label) ? $"{label} {names[label]}" : Number(label);

    private static void WriteLoss(Utf8JsonWriter writer, Loss loss)
    {
        writer.WritePropertyName(LossField);
        LossJson.Write(writer, loss);
    }

    private static string Number(int label) => label.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class NamesJson : JsonSerializerContext;
}
