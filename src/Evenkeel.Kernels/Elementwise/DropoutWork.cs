using System.Numerics;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>One block of elements at a time: kept and scaled, or zero.</summary>
internal readonly unsafe struct DropoutWork(DropoutMask mask, float* source, float* destination, int length)
    : IChunkWork
{
    public void Run(int chunk)
    {
        int start = chunk * DropoutMask.BlockElements;
        int count = Math.Min(DropoutMask.BlockElements, length - start);
        ulong keys = mask.Keys(chunk);
        float* from = source + start;
        float* to = destination + start;
        var scale = new Vector<float>(mask.Scale);
        int i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            Vector<float> kept = Vector.Load(from + i) * scale;
            Vector.ConditionalSelect(mask.KeepsVector(keys, i), kept, Vector<float>.Zero).Store(to + i);
        }

        for (; i < count; i++)
            to[i] = mask.Keeps(keys, i) ? from[i] * mask.Scale : 0f;
    }
}
