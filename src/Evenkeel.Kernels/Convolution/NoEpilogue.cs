namespace Evenkeel.Kernels.Convolution;

/// <summary>Outputs stay as they are.</summary>
internal readonly unsafe struct NoEpilogue : ITileEpilogue
{
    public static bool IsEmpty => true;

    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    ) { }
}
