namespace Evenkeel.Testing.Fuzzing;

/// <summary>The formats that are read from strangers, each with whole files to damage.</summary>
public static class FuzzTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        ModelTargets.Onnx,
        ModelTargets.SafeTensors,
        ModelTargets.Network,
        DataTargets.Npy,
        DataTargets.NpzBytes,
        DataTargets.NpzStructure,
        DataTargets.Idx,
        DataTargets.Tar,
        DataTargets.Jpeg,
        DataTargets.ManagedJpeg,
        DataTargets.Png,
    ];
}
