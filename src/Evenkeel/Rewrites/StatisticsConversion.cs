using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using static System.FormattableString;

namespace Evenkeel.Rewrites;

/// <summary>
/// An exact repair of statistics that another system wrote by another convention: what is stored is read as what it is. No data is needed,
/// and weights stay as they are.
/// </summary>
public abstract record StatisticsConversion
{
    private const string DivideWord = "divide=";
    private const string DeviationsWord = "deviations";
    private const string InverseWord = "inverse-deviations";
    private const string EpsilonWord = "eps=";

    /// <summary>How it is written on a command line, as <see cref="Parse"/> reads it.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a few words.</summary>
    public abstract string Words { get; }

    /// <summary>A converted copy of a model.</summary>
    public Model Convert(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model converted = model.With(model.Graph.ReplaceEach<BatchNorm>((_, norm) => Convert(norm)));
        foreach (Node node in Norms(converted.Graph))
        {
            Convert(
                converted.Floats($"{node.Name}.running_mean"),
                converted.Floats($"{node.Name}.running_var"),
                ((BatchNorm)node.Layer).Convention.Epsilon
            );
        }

        return converted;
    }

    /// <summary>Reads a conversion: <c>divide=FACTOR</c>, <c>deviations</c>, <c>inverse-deviations</c> or <c>eps=VALUE</c>.</summary>
    /// <exception cref="FormatException">It is none of them, or its number is not above 0.</exception>
    public static StatisticsConversion Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            DeviationsWord => new FromDeviations(),
            InverseWord => new FromInverseDeviations(),
            _ when Number(text, DivideWord) is { } factor => new DivideStatistics(factor),
            _ when Number(text, EpsilonWord) is { } epsilon => new ReplaceEpsilon((float)epsilon),
            _ => throw new FormatException(
                $"'{text}' is not one of divide=FACTOR, deviations, inverse-deviations, eps=VALUE, with a number above 0."
            ),
        };
    }

    /// <summary>The layer after the conversion; only another epsilon changes it.</summary>
    private protected virtual BatchNorm Convert(BatchNorm layer) => layer;

    /// <summary>Converts one layer's statistics in place.</summary>
    private protected abstract void Convert(Span<float> mean, Span<float> variance, float epsilon);

    private static IEnumerable<Node> Norms(Graph graph) =>
        graph.Nodes.Where(n => n is { Layer: BatchNorm, StatisticsOf: null });

    private static double? Number(string text, string word) =>
        text.StartsWith(word, StringComparison.Ordinal)
        && double.TryParse(text[word.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && value > 0
        && double.IsFinite(value)
            ? value
            : null;

    /// <summary>
    /// Divides means and variances by one factor. Caffe stores both times a scale factor, its third blob, which tends to 1000 for its usual
    /// moving average fraction of 0.999.
    /// </summary>
    /// <param name="Factor">Above 0.</param>
    public sealed record DivideStatistics(double Factor) : StatisticsConversion
    {
        /// <inheritdoc/>
        public override string Name => Invariant($"{DivideWord}{Factor}");

        /// <inheritdoc/>
        public override string Words => Invariant($"means and variances divided by {Factor:G6}");

        private protected override void Convert(Span<float> mean, Span<float> variance, float epsilon)
        {
            for (int i = 0; i < mean.Length; i++)
                (mean[i], variance[i]) = ((float)(mean[i] / Factor), (float)(variance[i] / Factor));
        }
    }

    /// <summary>Reads what stands as variances as standard deviations.</summary>
    public sealed record FromDeviations : StatisticsConversion
    {
        /// <inheritdoc/>
        public override string Name => DeviationsWord;

        /// <inheritdoc/>
        public override string Words => "stored variances read as standard deviations";

        private protected override void Convert(Span<float> mean, Span<float> variance, float epsilon)
        {
            foreach (ref float value in variance)
                value *= value;
        }
    }

    /// <summary>Reads what stands as variances as 1 / sqrt(variance + epsilon).</summary>
    public sealed record FromInverseDeviations : StatisticsConversion
    {
        /// <inheritdoc/>
        public override string Name => InverseWord;

        /// <inheritdoc/>
        public override string Words => "stored variances read as inverse standard deviations";

        private protected override void Convert(Span<float> mean, Span<float> variance, float epsilon)
        {
            foreach (ref float value in variance)
                value = (float)Math.Max(0, (1 / ((double)value * value)) - epsilon);
        }
    }

    /// <summary>Another epsilon in every batch normalisation.</summary>
    /// <param name="Epsilon">Above 0.</param>
    public sealed record ReplaceEpsilon(float Epsilon) : StatisticsConversion
    {
        /// <inheritdoc/>
        public override string Name => Invariant($"{EpsilonWord}{Epsilon:G3}");

        /// <inheritdoc/>
        public override string Words => Invariant($"eps {Epsilon:G3} in every layer");

        private protected override BatchNorm Convert(BatchNorm layer) =>
            layer with
            {
                Convention = layer.Convention with { Epsilon = Epsilon },
            };

        private protected override void Convert(Span<float> mean, Span<float> variance, float epsilon) { }
    }
}
