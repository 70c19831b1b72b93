using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Runs.Files;
using Evenkeel.Runs.Text;
using Evenkeel.Training;

namespace Evenkeel.Runs.Configuration;

/// <summary>
/// The arrays of a .npz file that make a data set: one of inputs, whatever its name, and beside it <c>labels</c> or <c>targets</c>. Each has as
/// many rows as there are examples.
/// </summary>
internal sealed class ArrayExamples : IDisposable
{
    public const string Labels = "labels";
    public const string Targets = "targets";

    // Whole numbers up to here are exact in float32.
    public const int MaxClasses = 1 << 24;

    private readonly string _file;
    private readonly NpyArchive _archive;
    private readonly string _inputs;

    private ArrayExamples(string file, NpyArchive archive)
    {
        (_file, _archive) = (file, archive);
        string[] inputs = [.. archive.Names.Where(name => name is not (Labels or Targets))];
        _inputs = inputs is [var only]
            ? only
            : throw new ConfigurationException(
                $"{file}: it has the arrays {Names}; give it one of inputs beside '{Labels}' and '{Targets}'."
            );
    }

    /// <summary>Shape of an example.</summary>
    public Shape Shape => ShapeOf(_archive.Dimensions(_inputs), _inputs);

    private string Names => string.Join(", ", _archive.Names);

    /// <summary>Opens a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="field">The field of <c>data</c> that names it.</param>
    /// <exception cref="ConfigurationException">It is not there, or no archive of arrays with one of inputs.</exception>
    /// <exception cref="DataFormatException">It is damaged.</exception>
    public static ArrayExamples Open(string file, string field)
    {
        if (!File.Exists(file))
            throw new ConfigurationException(
                $"data.{field}: {file} does not exist; name a .npz file, as numpy.savez writes it."
            );
        if (FileSignature.Of(file) is var kind && kind != FileKind.Npz)
            throw new ConfigurationException(
                $"data.{field}: {file} is {FileWords.Name(kind)}; name a .npz file, as numpy.savez writes it."
            );
        var archive = NpyArchive.Open(file);
        try
        {
            return new ArrayExamples(file, archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Reads the examples and their targets; of <see cref="TargetKind.Inputs"/> without any.</summary>
    /// <exception cref="ConfigurationException">There is no array of such targets.</exception>
    /// <exception cref="DataFormatException">The arrays do not fit together, or a value is no finite number or no class.</exception>
    public IDataset Read(TargetKind targets)
    {
        int[] shape = [.. Shape.Dimensions];
        float[] inputs = _archive.Read(_inputs).Values;
        int count = inputs.Length / Shape.Count;
        try
        {
            if (targets == TargetKind.Inputs)
                return new ArrayDataset(_file, inputs, shape);
            if (targets == TargetKind.Labels)
            {
                int[] labels = ClassesOf(_file, ReadBeside(Labels, count));
                int classes = Math.Max(1, labels.Max() + 1);
                return labels.Length == count
                    ? new ArrayDataset(_file, inputs, labels, shape, classes)
                    : ArrayDataset.WithLabels(_file, inputs, shape, labels, classes);
            }

            NpyArray values = ReadBeside(Targets, count);
            Shape target = ShapeOf(values.Dimensions, Targets);
            return ArrayDataset.WithTargets(_file, inputs, shape, values.Values, target.Dimensions.AsSpan());
        }
        catch (ArgumentException e)
        {
            throw new DataFormatException(ErrorWords.OneLine(e.Message), e);
        }
    }

    public void Dispose() => _archive.Dispose();

    /// <summary>The classes that an array of labels holds.</summary>
    /// <param name="file">Where it lies, for messages.</param>
    /// <param name="labels">A class for each example, or for each of its positions.</param>
    /// <exception cref="DataFormatException">A value is no class.</exception>
    public static int[] ClassesOf(string file, NpyArray labels)
    {
        float[] values = labels.Values;
        // Of several positions some may have none.
        int lowest = values.Length > labels.Dimensions.FirstOrDefault(1) ? BatchTrainer.NoLabel : 0,
            wrong = Array.FindIndex(values, v => !(v >= lowest && v < MaxClasses && v == MathF.Truncate(v)));
        return wrong < 0
            ? [.. values.Select(v => (int)v)]
            : throw new DataFormatException(
                FormattableString.Invariant(
                    $"{file}: label {wrong} is {values[wrong]}; '{Labels}' holds one class per example, 0 and up, or one per position, where -1 is none."
                )
            );
    }

    private NpyArray ReadBeside(string name, int count)
    {
        if (!_archive.Names.Contains(name))
            throw new ConfigurationException(
                $"data.targets: {_file} has no array '{name}', but {Names}; add it, or set data.targets to what the file has."
            );
        NpyArray array = _archive.Read(name);
        return array.Dimensions is [var rows, ..] && rows == count
            ? array
            : throw new DataFormatException(
                $"{_file}: '{name}' is [{string.Join(", ", array.Dimensions)}], but there are {count} examples in '{_inputs}'; give each a row."
            );
    }

    // Of rows of one number each, the shape is [1].
    private Shape ShapeOf(IReadOnlyList<int> dimensions, string name) =>
        dimensions.Count > 0 && dimensions.All(d => d > 0)
            ? new Shape(dimensions.Count > 1 ? [.. dimensions.Skip(1)] : [1])
            : throw new DataFormatException(
                $"{_file}: '{name}' is [{string.Join(", ", dimensions)}]; it must have a row for each example."
            );
}
