using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Formats;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Models;

/// <summary>
/// The arrays of a .npy or .npz file that a model's input is made of: the one of its name, or the only one, and perhaps labels. No others are
/// read, and none before its shape was held against the model's.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="input">The input's name.</param>
internal sealed class InputArrays(string file, string input) : IDisposable
{
    private const string Labels = "labels";
    private const int NamesShown = 10;

    // Whole numbers up to here are exact in float32.
    private const int MaxClasses = 1 << 24;

    private readonly NpyArchive? _archive = FileSignature.Of(file) == FileKind.Npz ? NpyArchive.Open(file) : null;

    public void Dispose() => _archive?.Dispose();

    /// <summary>Lengths of the input's array.</summary>
    /// <exception cref="UsageException">It is none of several.</exception>
    public IReadOnlyList<int> Dimensions() =>
        _archive is { } archive ? archive.Dimensions(NameIn(archive)) : NpyFile.Dimensions(file);

    /// <summary>The batch's values, channels last.</summary>
    /// <exception cref="UsageException">The array is of another shape.</exception>
    public float[] Values(Shape shape, FileLayout layout)
    {
        IReadOnlyList<int> found = Dimensions(),
            example = layout.Dimensions(shape);
        bool batch = found.Skip(1).SequenceEqual(example) && found.Count == example.Count + 1;
        if (!batch && !found.SequenceEqual(example))
        {
            throw new UsageException(
                $"{file}: the array is [{string.Join(", ", found)}], but the input '{input}' takes [N, {string.Join(", ", example)}] for any N."
            );
        }

        NpyArray array = _archive is { } archive ? archive.Read(NameIn(archive)) : NpyFile.Read(file);
        return layout.ToInside(array.Values, shape);
    }

    /// <summary>The classes in the array <c>labels</c>, one per example; null where there is none.</summary>
    /// <exception cref="UsageException">A value is not a whole number.</exception>
    public int[]? Classes()
    {
        if (input == Labels || _archive?.Names.Contains(Labels) != true)
            return null;
        float[] values = _archive.Read(Labels).Values;
        int[] labels = new int[values.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            float value = values[i];
            labels[i] =
                Math.Abs(value) < MaxClasses && value == Math.Truncate(value)
                    ? (int)value
                    : throw new UsageException(
                        FormattableString.Invariant(
                            $"{file}: label {i} is {value}; the array '{Labels}' holds one class per example, 0 and up."
                        )
                    );
        }

        return labels;
    }

    private string NameIn(NpyArchive archive)
    {
        if (archive.Names.Contains(input))
            return input;
        string[] others = [.. archive.Names.Where(name => name != Labels)];
        return others is [var only]
            ? only
            : throw new UsageException(
                $"{file}: it has no array '{input}', but {NameList.Of(archive.Names, NamesShown)}; name one as the input."
            );
    }
}
