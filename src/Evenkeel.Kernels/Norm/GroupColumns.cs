using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>The statistics of each local column's group: the mean as a float and what that leaves out, and 1 / deviation.</summary>
internal readonly unsafe struct GroupColumns(float* center, float* rest, float* inverse)
{
    /// <summary>Floats of memory that a tile needs.</summary>
    public const int Floats = 3 * GroupNormPlan.MostLocal;

    public GroupColumns(float* memory)
        : this(memory, memory + GroupNormPlan.MostLocal, memory + (2 * GroupNormPlan.MostLocal)) { }

    public float* Center => center;

    /// <summary>Sets the columns of the <paramref name="group"/>th group of a tile.</summary>
    public void Set(in GroupNormPlan plan, int group, double mean, double perDeviation)
    {
        Fill(center, plan, group, (float)mean);
        Fill(rest, plan, group, (float)(((float)mean - mean) * perDeviation));
        Fill(inverse, plan, group, (float)perDeviation);
    }

    /// <summary>A number for all columns of a group.</summary>
    public static void Fill(float* columns, in GroupNormPlan plan, int group, float value) =>
        new Span<float>(columns + (group * plan.LocalWidth), plan.LocalWidth).Fill(value);

    /// <summary>The sum over the columns of a group.</summary>
    public static double Sum(double* columns, in GroupNormPlan plan, int group)
    {
        double sum = 0;
        for (int c = group * plan.LocalWidth; c < (group + 1) * plan.LocalWidth; c++)
            sum += columns[c];
        return sum;
    }

    /// <summary>(x - mean) / deviation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Normalized<TLanes, TVec>(TVec x, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.MultiplyAdd(
            TLanes.Subtract(x, TLanes.Load(center + local)),
            TLanes.Load(inverse + local),
            TLanes.Load(rest + local)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Inverse<TLanes, TVec>(nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Load(inverse + local);
}
