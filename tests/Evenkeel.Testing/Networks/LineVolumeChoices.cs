using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>How layers over lines and volumes are drawn.</summary>
internal static class LineVolumeChoices
{
    public static LayerChoice[] All { get; } =
    [
        LayerChoice.Of<Conv1d>(
            (shape, d) =>
            {
                int groups = Groups(shape, d);
                return new Conv1d(groups * d.Between(1, 4), SomeAxis(shape, 2, d), d.Flag()) { Groups = groups };
            },
            weight: 8
        ),
        LayerChoice.Of<MaxPool1d>((shape, d) => new(SomeAxis(shape, 2, d)), weight: 4),
        LayerChoice.Of<AveragePool1d>((shape, d) => new(SomeAxis(shape, 2, d), d.Of<AverageDivisor>()), weight: 4),
        LayerChoice.Of<Conv3d>(
            (shape, d) =>
            {
                int groups = Groups(shape, d);
                return new Conv3d(groups * d.Between(1, 4), SomeAxis(shape, 4, d), SomePlane(d), d.Flag())
                {
                    Groups = groups,
                };
            },
            weight: 8
        ),
        LayerChoice.Of<MaxPool3d>((shape, d) => new(SomeAxis(shape, 4, d), SomePlane(d)), weight: 4),
        LayerChoice.Of<AveragePool3d>(
            (shape, d) => new(SomeAxis(shape, 4, d), SomePlane(d), d.Of<AverageDivisor>()),
            weight: 4
        ),
    ];

    private static int Groups(Shape shape, Draw d)
    {
        int[] divisors = [.. Enumerable.Range(1, shape.Channels).Where(n => shape.Channels % n == 0)];
        return d.Flag(3) ? divisors[d.Below(divisors.Length)] : 1;
    }

    private static AxisWindow SomeAxis(Shape shape, int rank, Draw d)
    {
        if (shape.Dimensions.Length != rank)
            throw new ArgumentException($"not of {rank} dimensions");
        int length = d.Of(1, 3, 2);
        return new AxisWindow(length)
        {
            Stride = d.Of(1, 1, 2),
            Before = d.Below(length),
            After = d.Below(length),
        };
    }

    private static Window SomePlane(Draw d)
    {
        var window = new Window(d.Of(1, 2, 3), d.Of(1, 2, 3));
        return window with
        {
            StrideY = d.Of(1, 1, 2),
            StrideX = d.Of(1, 1, 2),
            PadTop = d.Below(window.Height),
            PadRight = d.Below(window.Width),
        };
    }
}
