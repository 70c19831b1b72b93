using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A layer that computes nothing but puts values in other places, dimension by dimension.</summary>
public abstract record AxisMap : Layer, IOperation
{
    private protected AxisMap(string kind)
        : base(kind) { }

    /// <summary>The value where no source stands behind a place.</summary>
    public virtual float Fill => 0;

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new GatherAxes(context.Name, Tables(context.InputShape(0)), Fill, context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(new ScatterAxes(context.Name, Tables(context.InputShape(0)), context.OutputGradient, dx));
    }

    /// <summary>
    /// For each dimension of the output and each index along it, what it adds to the place in the input, or
    /// <see cref="AxisPlan.Nothing"/>.
    /// </summary>
    protected abstract int[][] Offsets(Shape input);

    /// <summary>For each value of the output, in the order of memory, its place in the input, or <see cref="AxisPlan.Nothing"/>.</summary>
    internal int[] Sources(Shape input) => Tables(input).Sources();

    /// <summary>Floats from one index of each dimension to the next.</summary>
    protected internal static int[] Strides(Shape shape)
    {
        int[] strides = new int[shape.Dimensions.Length];
        for (int axis = strides.Length - 1, stride = 1; axis >= 0; stride *= shape.Dimensions[axis], axis--)
            strides[axis] = stride;
        return strides;
    }

    private AxisTables Tables(Shape input) => new([.. Offsets(input)]);
}

/// <summary>The tables of an axis map; one object, made once per plan.</summary>
/// <param name="Offsets">See <see cref="AxisMap"/>.</param>
internal sealed record AxisTables(ImmutableArray<int[]> Offsets)
{
    internal AxisPlan Plan { get; } = new([.. Offsets]);

    /// <summary>Tables that make a value of <paramref name="shape"/>, or null where no sum of a place for each dimension does.</summary>
    /// <param name="shape">Shape made.</param>
    /// <param name="sources">As <see cref="Sources"/>, without <see cref="AxisPlan.Nothing"/>.</param>
    internal static AxisTables? Of(Shape shape, int[] sources)
    {
        int[] strides = AxisMap.Strides(shape);
        int[][] axes =
        [
            .. strides.Select(
                (stride, axis) => Enumerable.Range(0, shape.Dimensions[axis]).Select(i => sources[i * stride]).ToArray()
            ),
        ];
        // The first dimension has the whole of the least place; each table begins at 0 then, at its least.
        int least = sources[0] + axes.Sum(axis => axis.Min() - sources[0]);
        var tables = new AxisTables([
            .. axes.Select((axis, i) => Array.ConvertAll(axis, place => place - axis.Min() + (i == 0 ? least : 0))),
        ]);
        return least >= 0 && tables.Sources().AsSpan().SequenceEqual(sources) ? tables : null;
    }

    /// <summary>For each value made of an example, its place in the example, or <see cref="AxisPlan.Nothing"/>.</summary>
    internal int[] Sources() => Offsets.Aggregate((int[])[0], Outer);

    private static int[] Outer(int[] before, int[] axis)
    {
        int[] sums = new int[before.Length * axis.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            (int outer, int inner) = Math.DivRem(i, axis.Length);
            bool nothing = before[outer] == AxisPlan.Nothing || axis[inner] == AxisPlan.Nothing;
            sums[i] = nothing ? AxisPlan.Nothing : before[outer] + axis[inner];
        }

        return sums;
    }
}

/// <summary>y = x at other places.</summary>
internal sealed record GatherAxes(string Layer, AxisTables Tables, float Fill, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx = sums of dy over the places where x went.</summary>
internal sealed record ScatterAxes(string Layer, AxisTables Tables, BufferId DY, BufferId DX) : Step(Layer, [DY], [DX]);
