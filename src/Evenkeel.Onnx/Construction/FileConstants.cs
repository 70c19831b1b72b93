using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Construction;

/// <summary>
/// Reads the constants of a file and counts those that are made of them: each may be small, but a small file may make as many as it has
/// nodes. A file that holds many values may make more, as one does that unpacks or transposes all its weights.
/// </summary>
internal sealed class FileConstants(ExternalData? external, OnnxImportOptions options)
{
    // Unpacked, transposed and a few maps over them.
    private const int TimesGiven = 8;

    private readonly SortedSet<string> _conversions = new(StringComparer.Ordinal);
    private long _given;
    private long _made;

    /// <summary>What was converted to float32, and how.</summary>
    public IReadOnlyCollection<string> Conversions => _conversions;

    /// <summary>A tensor of the file.</summary>
    public ConstantTensor Read(TensorProto tensor)
    {
        NoteConversion((TensorType)tensor.DataType);
        ConstantTensor read = TensorReader.Read(tensor, external);
        _given += read.Count;
        return read;
    }

    /// <summary>Notes that values of a type are converted, if they are.</summary>
    public void NoteConversion(TensorType type)
    {
        if (TensorTypes.Conversion(type) is { } conversion)
            _conversions.Add(conversion);
    }

    /// <summary>Counts a constant that is made of others.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public void CountMade(ConstantTensor tensor)
    {
        _made += tensor.Count;
        if (_made > options.MaxFoldedValuesInAll && _made / TimesGiven > _given)
            throw new OnnxException(
                $"It makes constants of more than the limit of {options.MaxFoldedValuesInAll} values in all; raise it to import."
            );
    }
}
