using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Values that are normalised together: those of a group of neighbouring channels over all positions of a block. A block is an example, or
/// a row of one.
/// </summary>
/// <param name="Positions">Positions of a block, 1 or more.</param>
/// <param name="Channels">Values of a position.</param>
/// <param name="Groups">Groups that the channels are cut into, equally large.</param>
public readonly record struct GroupNormShape(int Positions, int Channels, int Groups)
{
    /// <summary>Values of a block.</summary>
    public int Count => Positions * Channels;
}

/// <summary>
/// How a block is gone through: in tiles of whole groups, so many that registers are filled. What is gathered of a tile, or known for
/// each of its columns, has few local columns: those of the tile, or, where one group is wider, a segment that its columns take turns in.
/// </summary>
internal readonly struct GroupNormPlan
{
    /// <summary>Most local columns of a tile.</summary>
    public const int MostLocal = WideTile + Segment - 1;

    private const int Segment = 64;

    // Rows of this length are read at the speed of memory.
    private const int WideTile = 256;

    // So many blocks are work for every machine; fewer are cut into narrower tiles.
    private const int ManyBlocks = 16;

    public GroupNormPlan(in GroupNormShape shape, int blocks)
    {
        Shape = shape;
        Blocks = blocks;
        Width = shape.Channels / shape.Groups;
        LocalWidth = Math.Min(Width, Segment);
        int columns = blocks < ManyBlocks || Width > Segment ? Segment : WideTile;
        GroupsOfTile = Math.Min(shape.Groups, (columns + LocalWidth - 1) / LocalWidth);
        Tiles = (shape.Groups + GroupsOfTile - 1) / GroupsOfTile;
    }

    /// <summary>Of as many blocks as there are values for, with a pair of statistics for each of their groups.</summary>
    /// <exception cref="ArgumentException">A length does not fit, or the channels are no whole number of groups.</exception>
    public static GroupNormPlan Of(in GroupNormShape shape, int values, int statistics)
    {
        if (shape.Positions < 1 || shape.Groups < 1 || shape.Channels < 1 || shape.Channels % shape.Groups != 0)
            throw new ArgumentException($"{shape.Channels} channels are no whole number of {shape.Groups} groups.");
        int blocks = values / shape.Count;
        return values == (long)blocks * shape.Count && statistics == 2L * blocks * shape.Groups
            ? new GroupNormPlan(shape, blocks)
            : throw new ArgumentException(
                $"{values} values with {statistics} statistics are not the same blocks of {shape.Count}."
            );
    }

    public GroupNormShape Shape { get; }

    public int Blocks { get; }

    /// <summary>Channels of a group.</summary>
    public int Width { get; }

    /// <summary>Local columns of a group.</summary>
    public int LocalWidth { get; }

    public int GroupsOfTile { get; }

    public int Tiles { get; }

    /// <summary>Values of a group in a block.</summary>
    public double ValuesOfGroup => (double)Shape.Positions * Width;

    /// <summary>Groups of a tile; the last has what is left.</summary>
    public int GroupsOf(int tile) => Math.Min(GroupsOfTile, Shape.Groups - (tile * GroupsOfTile));
}

/// <summary>What is done with the values of a register.</summary>
internal interface IGroupTask
{
    /// <param name="at">Place among all values.</param>
    /// <param name="column">Channel.</param>
    /// <param name="local">Local column.</param>
    void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Visits the values of a tile, position by position.</summary>
internal static class GroupNormSweep
{
    public static void Run<TTask, TLanes, TVec>(in GroupNormPlan plan, long block, int tile, TTask task)
        where TTask : struct, IGroupTask
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int groups = plan.GroupsOf(tile),
            first = tile * plan.GroupsOfTile * plan.Width,
            columns = groups * plan.Width,
            local = groups * plan.LocalWidth;
        nint row = ((nint)block * plan.Shape.Count) + first;
        for (int position = 0; position < plan.Shape.Positions; position++, row += plan.Shape.Channels)
        {
            for (int done = 0; done < columns; done += local)
                Segment<TTask, TLanes, TVec>(task, row + done, first + done, Math.Min(local, columns - done));
        }
    }

    private static void Segment<TTask, TLanes, TVec>(TTask task, nint at, nint column, int count)
        where TTask : struct, IGroupTask
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
            task.Run<TLanes, TVec>(at + i, column + i, i);
        if (i < count)
            Tail(task, at, column, i, count);
    }

    // A method of its own: what is inlined into the other stays within what the JIT allows one method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tail<TTask>(TTask task, nint at, nint column, int i, int count)
        where TTask : struct, IGroupTask
    {
        for (; i < count; i++)
            task.Run<Lanes1, float>(at + i, column + i, i);
    }
}

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

/// <summary>Scale and shift per channel, and what is added to the variance.</summary>
internal readonly unsafe struct GroupParameters(float* scale, float* shift, float epsilon)
{
    public double Epsilon => epsilon;

    /// <summary>Those of a register of channels, for values that are normalised already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Affine<TLanes, TVec> Of<TLanes, TVec>(nint column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => new(TLanes.Zero, TLanes.Load(scale + column), TLanes.Load(shift + column));
}

/// <summary>[2, blocks, groups]: the means, then 1 / sqrt(variance + epsilon).</summary>
internal readonly unsafe struct GroupStatistics(double* mean, double* inverse)
{
    public GroupStatistics(in GroupNormPlan plan, double* statistics)
        : this(statistics, statistics + ((nint)plan.Blocks * plan.Shape.Groups)) { }

    /// <summary>Those of the first group of a tile, and behind it of the others.</summary>
    public GroupStatistics Of(in GroupNormPlan plan, long block, int tile)
    {
        nint group = ((nint)block * plan.Shape.Groups) + (tile * plan.GroupsOfTile);
        return new(mean + group, inverse + group);
    }

    public double* Mean => mean;

    public double* Inverse => inverse;
}

/// <summary>What a backward pass reads, and where it keeps the gradient before the activation, if it does.</summary>
internal readonly unsafe struct GroupMatrices(float* x, float* y, float* dy, float* d)
{
    public float* X => x;

    public float* D => d;

    /// <summary>The same with the kept gradient in the place of dy.</summary>
    public GroupMatrices Kept => new(x, y, d, d);

    /// <summary>The gradient before the activation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Gradient<TAct, TLanes, TVec>(TAct act, in Affine<TLanes, TVec> affine, TVec normalized, nint at)
        where TAct : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => PreGradient<TAct, TLanes, TVec>.Of(act, affine, normalized, y + at, dy + at);
}

/// <summary>What receives the gradients of the input, of the scale and of the shift.</summary>
internal readonly unsafe struct GroupGradients(float* dx, float* dscale, float* dshift)
{
    public float* Dx => dx;

    public float* Dscale => dscale;

    public float* Dshift => dshift;
}
