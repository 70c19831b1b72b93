using Evenkeel.Graphs;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>How much a model's file may lack.</summary>
/// <param name="File">Reads a file that holds its network.</param>
/// <param name="Tensors">Reads a file of tensors alone for a network.</param>
/// <param name="IsForUse">Whether values are checked, because they are going to be computed with.</param>
internal sealed record ModelReading(Func<string, Model> File, Func<string, Graph, Model> Tensors, bool IsForUse)
{
    /// <summary>To compute with: every value must be one that can be.</summary>
    public static ModelReading ToUse { get; } = new(ModelFile.Load, ModelFile.Load, IsForUse: true);

    /// <summary>To look at and to repair: values may be damaged.</summary>
    public static ModelReading ToRepair { get; } = new(ModelFile.LoadDamaged, ModelFile.LoadDamaged, IsForUse: false);
}
