using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// How each kind of layer is drawn, one entry per kind. What a draw makes of zeros is the plainest layer of its kind.
/// </summary>
internal static class LayerChoices
{
    public static ImmutableArray<LayerChoice> All { get; } =
    [
        LayerChoice.Of<Relu>((_, _) => new(), weight: 3),
        LayerChoice.Of<Linear>((_, d) => new(d.Between(1, 9), d.Flag()) { Trainable = !d.Flag(8) }, weight: 4),
        LayerChoice.Of<BatchNorm>(Norm, weight: 8),
        LayerChoice.Of<Conv2d>(Convolution, weight: 8),
        LayerChoice.Of<MaxPool2d>((shape, d) => new(SomeWindow(shape, d)), weight: 3),
        LayerChoice.Of<AveragePool2d>((shape, d) => new(SomeWindow(shape, d), d.Of<AverageDivisor>()), weight: 3),
        LayerChoice.Of<GlobalAveragePool>((_, _) => new()),
        LayerChoice.Of<Flatten>((_, _) => new()),
        LayerChoice.Of<Sigmoid>((_, _) => new()),
        LayerChoice.Of<Tanh>((_, _) => new()),
        LayerChoice.Of<LeakyRelu>((_, d) => new(d.Of(0.01f, 0.3f, 1.5f, -0.5f, 0f))),
        LayerChoice.Of<Elu>((_, d) => new(d.Of(1f, 0.3f, 2f))),
        LayerChoice.Of<Clip>(
            (_, d) => new(d.Of(0f, -1f, 0.5f, float.NegativeInfinity), d.Of(6f, 1f, float.PositiveInfinity))
        ),
        LayerChoice.Of<HardSigmoid>((_, d) => new(d.Of(0.2f, 1f / 6f, -0.3f, 0f), d.Of(0.5f, 0f, 0.9f))),
        LayerChoice.Of<HardSwish>((_, _) => new()),
        LayerChoice.Of<Softplus>((_, _) => new()),
        LayerChoice.Of<Swish>((_, _) => new()),
        LayerChoice.Of<Gelu>((_, _) => new()),
        LayerChoice.Of<GeluTanh>((_, _) => new()),
        LayerChoice.Of<Exp>((_, _) => new()),
        LayerChoice.OfPositive<Log>(() => new()),
        LayerChoice.OfPositive<Sqrt>(() => new()),
        LayerChoice.OfPositive<Reciprocal>(() => new()),
        LayerChoice.Of<Abs>((_, _) => new()),
        LayerChoice.Of<Erf>((_, _) => new()),
        LayerChoice.Of<Power>((_, d) => new(d.Of(2f, 3f, 1f, 0.5f, -1f))),
        LayerChoice.Of<Softmax>((_, _) => new()),
        LayerChoice.Of<LogSoftmax>((_, _) => new()),
        LayerChoice.Of<ChannelAffine>((_, d) => new() { Trainable = !d.Flag(4) }),
        LayerChoice.Of<LayerNorm>(
            (shape, d) =>
                new()
                {
                    Dimensions = d.Between(1, shape.Dimensions.Length),
                    Epsilon = d.Of(1e-5f, 0.1f),
                    Trainable = !d.Flag(4),
                }
        ),
        LayerChoice.Of<InstanceNorm>((_, d) => new() { Epsilon = d.Of(1e-5f, 0.1f), Trainable = !d.Flag(4) }),
        LayerChoice.Of<GroupNorm>(
            (shape, d) => new(Divisor(shape.Channels, d)) { Epsilon = d.Of(1e-5f, 0.1f), Trainable = !d.Flag(4) }
        ),
        LayerChoice.Of<LocalResponseNorm>(
            (_, d) => new(d.Between(1, 6), d.Real(0, 1), d.Of(0.75f, 0.5f, 1f, 0.3f), d.Real(0.5f, 2))
        ),
        LayerChoice.Of<Dropout>((_, d) => new(d.Of(0f, 0.2f, 0.5f))),
        LayerChoice.Of<GaussianNoise>((_, d) => new(d.Of(0f, 0.1f, 1f))),
        LayerChoice.Of<Permute>((shape, d) => new([.. Order(shape.Dimensions.Length, d)])),
        LayerChoice.Of<Reshape>((shape, d) => new(Regrouped(shape, d)), weight: 2),
        LayerChoice.Of<Expand>((shape, d) => new(Expanded(shape, d)), weight: 2),
        LayerChoice.Of<Pad>(Padding, weight: 2),
        LayerChoice.Of<ResizeNearest>(Resize, weight: 2),
        LayerChoice.Of<ConvTranspose2d>(Transposed, weight: 2),
        LayerChoice.Of<ResizeLinear>(ResizedLinearly, weight: 2),
        LayerChoice.Of<ReduceSum>((shape, d) => new(Axes(shape, d))),
        LayerChoice.Of<ReduceMean>((shape, d) => new(Axes(shape, d))),
        LayerChoice.Of<ReduceMax>((shape, d) => new(Axes(shape, d))),
        LayerChoice.Of<ReduceMin>((shape, d) => new(Axes(shape, d))),
        LayerChoice.Of<ConstantValue>((shape, d) => new(shape) { Trainable = !d.Flag(4) }),
        LayerChoice.OfTwo<Add>(_ => new(), weight: 3),
        LayerChoice.OfTwo<Multiply>(_ => new()),
        LayerChoice.OfTwo<Subtract>(_ => new()),
        LayerChoice.OfTwo<Divide>(_ => new()),
        LayerChoice.OfTwo<Maximum>(_ => new()),
        LayerChoice.OfTwo<Minimum>(_ => new()),
        new LayerChoice(typeof(Raise), 1, Raised),
        new LayerChoice(typeof(Concat), 2, Concatenate),
        new LayerChoice(typeof(Split), 2, Part),
        .. LineVolumeChoices.All,
        .. RecurrentChoices.All,
        .. WhiteningChoices.All,
    ];

    /// <summary>A convention of any kind.</summary>
    public static BatchNormConvention Convention(Draw d) =>
        new()
        {
            Epsilon = d.Of(1e-5f, 1e-3f, 0.1f, 0f),
            UpdateRate = d.Of<double?>(0.1, 0.01, 1, null),
            RunningVariance = d.Of<RunningVariance>(),
            SingleValue = d.Of<SingleValuePolicy>(),
            // Bounds of 1 and 0 in the first step: r and d are constants to finite differences too.
            Renormalization = d.Flag(6) ? new() { MaxRatio = d.Of(1.5, 3), OffsetStep = 5_000 } : null,
        };

    // Goes on with the first part, with the second, or with both the other way round.
    private static void Part(NetworkDraft n, Draw d)
    {
        int channels = n.Last.Shape.Channels,
            first = d.Between(1, Math.Max(1, channels - 1));
        Node parts = n.Append(new Split([first, channels - first]));
        switch (d.Below(3))
        {
            case 1:
                n.Append(new Tanh(), parts.Value(1));
                break;
            case 2:
                n.Append(new Concat(2), parts.Value(1), parts.Name);
                break;
        }
    }

    private static BatchNorm Norm(Shape shape, Draw d) =>
        new(Convention(d))
        {
            NormalizeWith = d.Flag(5) ? StatisticsSource.Running : StatisticsSource.Batch,
            PerActivation = d.Flag(6),
            TrainAffine = !d.Flag(5),
            UpdateStatistics = !d.Flag(5),
            InferenceStatistics = d.Flag(8) ? StatisticsSource.Batch : StatisticsSource.Running,
        };

    private static Conv2d Convolution(Shape shape, Draw d)
    {
        int groups = d.Flag(3) ? Divisor(shape.Channels, d) : 1;
        return new Conv2d(groups * d.Between(1, 4), SomeWindow(shape, d), d.Flag())
        {
            Groups = groups,
            Trainable = !d.Flag(8),
        };
    }

    private static ConvTranspose2d Transposed(Shape shape, Draw d)
    {
        int groups = d.Flag(3) ? Divisor(shape.Channels, d) : 1;
        var window = new Window(d.Between(1, 4), d.Between(1, 4))
        {
            StrideY = d.Between(1, 3),
            StrideX = d.Between(1, 3),
        };
        window = window with
        {
            PadTop = d.Below(window.Height),
            PadLeft = d.Below(window.Width),
            PadBottom = d.Below(window.Height),
            PadRight = d.Below(window.Width),
        };
        return new ConvTranspose2d(groups * d.Between(1, 3), window, d.Flag())
        {
            Groups = groups,
            OutputPadY = d.Below(Math.Max(window.StrideY, window.Height)),
            OutputPadX = d.Below(Math.Max(window.StrideX, window.Width)),
            Trainable = !d.Flag(8),
        };
    }

    private static Window SomeWindow(Shape shape, Draw d)
    {
        if (shape.Dimensions.Length != 3)
            throw new ArgumentException("no image");
        var window = new Window(d.Of(1, 3, 2, 5), d.Of(1, 3, 2, 4));
        return window with
        {
            StrideY = d.Of(1, 1, 2, 3),
            StrideX = d.Of(1, 1, 2, 3),
            PadTop = d.Below(window.Height),
            PadLeft = d.Below(window.Width),
            PadBottom = d.Below(window.Height),
            PadRight = d.Below(window.Width),
        };
    }

    private static IEnumerable<int> Order(int rank, Draw d)
    {
        List<int> left = [.. Enumerable.Range(0, rank)];
        while (left.Count > 0)
        {
            int next = d.Below(left.Count);
            yield return left[next];
            left.RemoveAt(next);
        }
    }

    private static AxisList Axes(Shape shape, Draw d)
    {
        int[] axes = [.. Enumerable.Range(0, shape.Dimensions.Length).Where(_ => d.Flag())];
        return axes.Length > 0 ? [.. axes] : [d.Below(shape.Dimensions.Length)];
    }

    // Any factors of the count, one to four of them.
    private static Shape Regrouped(Shape shape, Draw d)
    {
        int rank = d.Between(1, 4),
            left = shape.Count;
        int[] dimensions = new int[rank];
        for (int axis = rank - 1; axis > 0; axis--)
        {
            dimensions[axis] = Divisor(left, d);
            left /= dimensions[axis];
        }

        dimensions[0] = left;
        return new Shape(dimensions);
    }

    private static int Divisor(int count, Draw d)
    {
        int[] divisors = [.. Enumerable.Range(1, count).Where(n => count % n == 0)];
        return divisors[d.Below(divisors.Length)];
    }

    private static Shape Expanded(Shape shape, Draw d) =>
        shape.Dimensions.Contains(1)
            ? new Shape([.. shape.Dimensions.Select(length => length == 1 ? d.Between(1, 5) : length)])
            : throw new ArgumentException("nothing to expand");

    private static Pad Padding(Shape shape, Draw d)
    {
        PadMode mode = d.Of<PadMode>();
        int rank = shape.Dimensions.Length;
        return new Pad([.. Sides()], [.. Sides()], mode, mode == PadMode.Constant ? d.Of(0f, 1.5f) : 0);

        // Negative numbers crop.
        int[] Sides() => [.. Enumerable.Range(0, rank).Select(_ => d.Of(0, 1, 2, -1))];
    }

    private static ResizeNearest Resize(Shape shape, Draw d)
    {
        (int height, int width) = (d.Between(1, 9), d.Between(1, 9));
        return new(height, width)
        {
            Coordinates = d.Of<ResizeCoordinates>(),
            Rounding = d.Of<NearestRounding>(),
            ScaleY = d.Flag(4) ? (height + 0.3) / shape.Dimensions[0] : 0,
            ScaleX = d.Flag(4) ? (width + 0.6) / Columns(shape) : 0,
        };
    }

    private static int Columns(Shape shape) => shape.Dimensions[Math.Min(1, shape.Dimensions.Length - 1)];

    private static ResizeLinear ResizedLinearly(Shape shape, Draw d)
    {
        (int height, int width) = (d.Between(1, 9), d.Between(1, 9));
        return new(height, width)
        {
            Coordinates = d.Of<ResizeCoordinates>(),
            ScaleY = d.Flag(4) ? (height + 0.3) / shape.Dimensions[0] : 0,
            ScaleX = d.Flag(4) ? (width + 0.6) / Columns(shape) : 0,
        };
    }

    // Mostly of values above 0, lest most networks give NaN.
    private static void Raised(NetworkDraft draft, Draw d)
    {
        Node exponent = draft.Last;
        if (!d.Flag(8))
            draft.Append(new Softplus());
        draft.Append(new Raise(), draft.Last.Name, exponent.Name);
    }

    private static void Concatenate(NetworkDraft draft, Draw d)
    {
        Node last = draft.Last;
        Node[] fitting = [.. draft.Nodes.Where(n => SamePositions(n.Shape, last.Shape)).Reverse()];
        string[] others = [.. Enumerable.Range(0, d.Between(1, 3)).Select(_ => fitting[d.Below(fitting.Length)].Name)];
        string[] inputs = d.Flag() ? [.. others, last.Name] : [last.Name, .. others];
        draft.Append(new Concat(inputs.Length), inputs);
    }

    private static bool SamePositions(Shape a, Shape b) =>
        a.Dimensions.AsSpan()[..^1].SequenceEqual(b.Dimensions.AsSpan()[..^1]);
}
