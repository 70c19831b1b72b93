using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product with a small result and a great depth (the weight gradient of a large batch): the depth is cut into parts, each
/// summed on its own and then added up in order. The cut follows from the shape alone.
/// </summary>
internal readonly unsafe struct SplitDepthProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Sixteen partial results of 64 KB stay in the caches; a part of 1024 steps is worth a partial result.
    private const int MostParts = 16;
    private const int LargestResult = 16 * 1024;
    private const int PartSteps = 1024;

    private readonly Product _product;
    private readonly float* _partials;
    private readonly int _parts;

    private SplitDepthProduct(in Product product, float* partials, int parts)
    {
        _product = product;
        _partials = partials;
        _parts = parts;
    }

    /// <summary>Whether the shape is of this kind.</summary>
    public static bool Suits(in Product product) =>
        product.BColumnStride == 1
        && product.Bias == null
        && product.Depth >= 2 * PartSteps
        && (long)product.Rows * product.Columns <= LargestResult;

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int parts = Math.Min(MostParts, product.Depth / PartSteps);
        nuint floats = (nuint)parts * (nuint)PartFloats(product);
        using Scratch lent = pool.Scratch(floats * sizeof(float));
        float* partials = (float*)lent.Pointer;
        var work = new SplitDepthProduct<TVec, TLanes>(product, partials, parts);
        pool.For(parts, ref work);
        work.Combine();
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int begin = Partition.Begin(chunk, _parts, _product.Depth);
        Product part = _product;
        part.Depth = Partition.Begin(chunk + 1, _parts, _product.Depth) - begin;
        part.A += begin * _product.AStepStride;
        part.B += begin * _product.BStepStride;
        part.C = Partial(chunk);
        DirectProduct<TVec, TLanes>.RunHere(part, part.C + ((nint)part.Rows * part.Columns));
    }

    private static nint PartFloats(in Product product) =>
        ((nint)product.Rows * product.Columns) + DirectProduct<TVec, TLanes>.ScratchFloats;

    private float* Partial(int part) => _partials + (part * PartFloats(_product));

    [MethodImpl(HotMethods.Loop)]
    private void Combine()
    {
        int length = _product.Rows * _product.Columns;
        int i = 0;
        for (; i + TLanes.Count <= length; i += TLanes.Count)
        {
            TVec sum = TLanes.Load(Partial(0) + i);
            for (int part = 1; part < _parts; part++)
                sum = TLanes.Add(sum, TLanes.Load(Partial(part) + i));
            TLanes.Store(_product.C + i, sum);
        }

        for (; i < length; i++)
        {
            float sum = Partial(0)[i];
            for (int part = 1; part < _parts; part++)
                sum += Partial(part)[i];
            _product.C[i] = sum;
        }
    }
}
