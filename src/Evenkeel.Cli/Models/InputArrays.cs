using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Formats;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Models;

/// <summary>
/// The arrays of a .npy or .npz file that a model's input is made of: the one of its name, or the only one, and perhaps labels or targets. No others are
/// read, and none before its shape was held against the model's.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="input">The input's name.</param>
internal sealed class InputArrays(string file, string input) : IDisposable
{
    private const string Labels = ArrayExamples.Labels;
    private const int NamesShown = 10;

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

    /// <summary>The classes in the array <c>labels</c>, one per example or per position of the output; null where there is none.</summary>
    /// <exception cref="Data.DataFormatException">A value is no class.</exception>
    public int[]? Classes() =>
        input == Labels || _archive?.Names.Contains(Labels) != true
            ? null
            : ArrayExamples.ClassesOf(file, _archive.Read(Labels));

    /// <summary>The float targets in the array <c>targets</c>, channels last; null where there is none.</summary>
    /// <param name="shape">Of the model's output.</param>
    /// <param name="layout">Order of dimensions in files.</param>
    /// <exception cref="UsageException">The array is of another shape.</exception>
    public float[]? Targets(Shape shape, FileLayout layout)
    {
        if (input == ArrayExamples.Targets || _archive?.Names.Contains(ArrayExamples.Targets) != true)
            return null;
        NpyArray array = _archive.Read(ArrayExamples.Targets);
        IReadOnlyList<int> example = layout.Dimensions(shape);
        bool numbers = array.Dimensions.Count == 1 && shape.Count == 1;
        return numbers || array.Dimensions.Skip(1).SequenceEqual(example)
            ? layout.ToInside(array.Values, shape)
            : throw new UsageException(
                $"{file}: the array '{ArrayExamples.Targets}' is [{string.Join(", ", array.Dimensions)}], but the model's output is [N, {string.Join(", ", example)}] for any N."
            );
    }

    private string NameIn(NpyArchive archive)
    {
        if (archive.Names.Contains(input))
            return input;
        string[] others = [.. archive.Names.Where(name => name is not (Labels or ArrayExamples.Targets))];
        return others is [var only]
            ? only
            : throw new UsageException(
                $"{file}: it has no array '{input}', but {NameList.Of(archive.Names, NamesShown)}; name one as the input."
            );
    }
}
