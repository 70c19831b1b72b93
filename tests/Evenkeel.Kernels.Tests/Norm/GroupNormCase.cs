using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Inputs of a normalisation within examples.</summary>
internal sealed class GroupNormCase(GroupNormShape shape, float mean, int blocks = 3)
{
    public const float Epsilon = 1e-3f;

    public GroupNormShape Shape => shape;

    public int Blocks => blocks;

    public int Statistics => 2 * blocks * shape.Groups;

    public float[] X { get; } =
        Array.ConvertAll(FloatValues.Uniform(blocks * shape.Count, 1, shape.Count), v => v + mean);

    public float[] DY { get; } = FloatValues.Uniform(blocks * shape.Count, 1, 2);

    public float[] Scale { get; } = Array.ConvertAll(FloatValues.Uniform(shape.Channels, 0.5f, 3), v => v + 1);

    public float[] Shift { get; } = FloatValues.Uniform(shape.Channels, 1, 4);

    public float[] Residual { get; } = FloatValues.Uniform(blocks * shape.Count, 1, 5);
}

/// <summary>What the kernels write, and the residual, which they may write over.</summary>
internal sealed record GroupNormOutcome(
    float[] Y,
    double[] Statistics,
    float[] DX,
    float[] DScale,
    float[] DShift,
    float[] DResidual,
    float[] Added
)
{
    public static GroupNormOutcome Room(GroupNormCase v, bool adds) =>
        new(
            new float[v.X.Length],
            new double[v.Statistics],
            new float[v.X.Length],
            new float[v.Shape.Channels],
            new float[v.Shape.Channels],
            adds ? new float[v.X.Length] : [],
            adds ? v.Residual : []
        );

    public static GroupNormOutcome Of<TAct>(WorkerPool pool, TAct act, GroupNormCase v, bool adds, bool inPlace = false)
        where TAct : struct, IActivation
    {
        GroupNormOutcome made = Room(v, adds);
        if (inPlace)
            made = made with { Y = [.. v.X], DX = [.. v.DY] };
        made.Run(pool, act, v, inPlace ? made.Y : v.X, inPlace ? made.DX : v.DY);
        return made;
    }

    public void Run<TAct>(WorkerPool pool, TAct act, GroupNormCase v, float[] x, float[] dy)
        where TAct : struct, IActivation
    {
        var parameters = new NormParameters(v.Scale, v.Shift, GroupNormCase.Epsilon);
        GroupNorm.Forward(pool, act, v.Shape, parameters, x, Added, Y, Statistics);
        GroupNorm.Backward(
            pool,
            act,
            v.Shape,
            parameters,
            new(v.X, Y, dy),
            Statistics,
            new(DX, DScale, DShift),
            DResidual
        );
    }

    public void AssertSame(GroupNormOutcome other)
    {
        FloatValues.AssertSame(Y, other.Y, "y");
        FloatValues.AssertSame(DX, other.DX, "dx");
        FloatValues.AssertSame(DScale, other.DScale, "dscale");
        FloatValues.AssertSame(DShift, other.DShift, "dshift");
        FloatValues.AssertSame(DResidual, other.DResidual, "dresidual");
    }
}
