using System.Numerics.Tensors;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;

namespace Evenkeel.Execution;

/// <summary>Adds the gradients of the parts of each slice, one part after the other. Where slices are whole it holds and does nothing.</summary>
internal sealed class GradientAccumulation
{
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly MemoryBlock[] _sums;

    /// <summary>Makes room for the sums of each slice.</summary>
    public GradientAccumulation(Program[] slices, SliceShare share)
    {
        (_slices, _share) = (slices, share);
        _sums = share.Parts > 1 ? [.. slices.Select(s => new MemoryBlock(s.Bindings.Gradients!.Bytes))] : [];
    }

    /// <summary>Takes in some gradients of a part of each slice; behind the last one they are those of all parts.</summary>
    public void Add(ExchangeGradients bucket, int part)
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            BufferInfo info = _slices[i].Plan[bucket.Gradients];
            Span<float> gradients = _slices[i].Bindings.Gradients!.Span<float>(info.Home, info.Fixed),
                sums = _sums[i].Span<float>(info.Home, info.Fixed);
            if (part == 0)
                gradients.CopyTo(sums);
            else
                TensorPrimitives.Add(sums, gradients, _share.IsLast(part) ? gradients : sums);
        }
    }
}
