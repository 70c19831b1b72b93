using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Scratch memory that begins with zeros, which stand for pixels outside an image.</summary>
internal static unsafe class DepthwiseScratch
{
    /// <summary>Zeros at the beginning: the widest register.</summary>
    public const int ZeroCount = 16;

    /// <summary>The zeros, followed by <paramref name="bytes"/> bytes that are not cleared.</summary>
    public static float* Zeros(WorkerPool pool, nuint bytes)
    {
        float* zeros = (float*)pool.Scratch((ZeroCount * sizeof(float)) + bytes);
        new Span<float>(zeros, ZeroCount).Clear();
        return zeros;
    }
}
