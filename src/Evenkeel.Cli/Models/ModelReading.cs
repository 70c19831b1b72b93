using System.Collections.Immutable;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Models;

/// <summary>How a model's file is read.</summary>
internal sealed record ModelReading
{
    /// <summary>To compute with: every value must be one that can be.</summary>
    public static ModelReading ToUse { get; } = new() { IsForUse = true };

    /// <summary>To look at and to repair: values may be damaged.</summary>
    public static ModelReading ToRepair { get; } = new();

    /// <summary>Whether values are checked, because they are going to be computed with.</summary>
    public bool IsForUse { get; init; }

    /// <summary>Whether stored statistics are used also where the file normalises each batch with its own.</summary>
    public bool UsesStoredStatistics { get; init; }

    /// <summary>Whether statistics that the file lacks may be mean 0 and variance 1.</summary>
    public bool AllowsInitialStatistics { get; init; }

    /// <summary>Shapes of inputs that an ONNX file leaves open.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<int>> InputShapes { get; init; } =
        new Dictionary<string, ImmutableArray<int>>();

    /// <summary>The shape of an input that is left open and not given, where the data says it.</summary>
    public Func<OnnxInput, ImmutableArray<int>?> ShapeFromData { get; init; } = _ => null;

    /// <summary>Reads a file that holds its network.</summary>
    public Model Read(string path) => Stored(IsForUse ? ModelFile.Load(path) : ModelFile.LoadDamaged(path));

    /// <summary>Reads tensors alone for a network.</summary>
    public Model Read(string path, Graph graph) =>
        Stored(IsForUse ? ModelFile.Load(path, graph) : ModelFile.LoadDamaged(path, graph));

    /// <summary>Imports an ONNX file; one that is refused and leaves sizes open, with those of the data.</summary>
    /// <param name="path">The file.</param>
    /// <param name="output">A value between to compute, or null for the outputs.</param>
    /// <exception cref="OnnxException">It cannot be imported.</exception>
    public OnnxModel Import(string path, string? output = null)
    {
        var options = new OnnxImportOptions
        {
            Output = output,
            AllowDamagedStatistics = !IsForUse,
            InputShapes = InputShapes,
            Statistics = UsesStoredStatistics ? OnnxStatistics.Stored : OnnxStatistics.File,
        };
        try
        {
            return OnnxModel.Load(path, options);
        }
        catch (OnnxException) when (InputShapes.Count == 0)
        {
            Dictionary<string, ImmutableArray<int>> found = FromData(path);
            if (found.Count == 0)
                throw;
            return OnnxModel.Load(path, options with { InputShapes = found });
        }
    }

    private Model Stored(Model model)
    {
        if (!UsesStoredStatistics)
            return model;
        using (model)
            return model.WithStoredStatistics();
    }

    private Dictionary<string, ImmutableArray<int>> FromData(string path)
    {
        var found = new Dictionary<string, ImmutableArray<int>>();
        foreach (OnnxInput input in OnnxModel.ReadInputs(path).Where(i => i.IsOpen))
        {
            if (ShapeFromData(input) is { } shape)
                found[input.Name] = shape;
        }

        return found;
    }
}
