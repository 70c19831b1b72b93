using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps with weights.</summary>
internal static partial class ReferenceBackend
{
    private static void AddWeights()
    {
        Add<LinearForward>((s, m) => m[s.Y] = Product(s.Size, m, s.X, s.W));
        Add<LinearBiasForward>((s, m) => m[s.Y] = Biased(Product(s.Size, m, s.X, s.W), m[s.B]));
        Add<LinearGradientToInput>(
            (s, m) =>
                m[s.DX] = MatrixProductReference.GradientToInput(
                    m.Batch * s.Size.Positions,
                    s.Size.Inputs,
                    s.Size.Units,
                    m[s.DY],
                    m[s.W]
                )
        );
        Add<LinearGradientToWeights>(
            (s, m) =>
                m[s.DW] = MatrixProductReference.GradientToWeights(
                    m.Batch * s.Size.Positions,
                    s.Size.Inputs,
                    s.Size.Units,
                    m[s.X],
                    m[s.DY]
                )
        );
        Add<BiasGradient>((s, m) => m[s.DB] = BiasGradientReference.Sums(s.Size.Units, m[s.DY]));
        Add<AddChannelBias>((s, m) => m[s.Y] = Biased(m[s.Y], m[s.B]));
        AddConvolutions();
        AddConvolutionGradients();
    }

    private static void AddConvolutions()
    {
        Add<ConvolutionForward>(
            (s, m) => m[s.Y] = ConvolutionReference.Forward(s.Pass.Shape, m.Batch * s.Pass.Frames, Input(s, m), m[s.W])
        );
        Add<ConvolutionBiasForward>(
            (s, m) =>
            {
                double[] sums = ConvolutionReference.Forward(s.Pass.Shape, m.Batch * s.Pass.Frames, m[s.X], m[s.W]);
                m[s.Y] = Values(s.Activation, Biased(sums, m[s.B]));
            }
        );
        Add<ConvolutionStatisticsForward>(
            (s, m) =>
            {
                double[] y = ConvolutionReference.Forward(s.Pass.Shape, m.Batch * s.Pass.Frames, Input(s, m), m[s.W]);
                m[s.Y] = y;
                m[s.Moments] = MomentsOf(y, s.Pass.Shape.OutputChannels);
            }
        );
        Add<ActivationBiasBackward>(
            (s, m) =>
            {
                double[] dz = Gradients(s.Activation, m[s.Y], m[s.DY]);
                m[s.DZ] = dz;
                m[s.DB] = BiasGradientReference.Sums(s.Channels, dz);
            }
        );
    }

    private static void AddConvolutionGradients()
    {
        Add<ConvolutionGradientToWeights>(
            (s, m) =>
                m[s.DW] = ConvolutionReference.GradientToWeights(
                    s.Pass.Shape,
                    m.Batch * s.Pass.Frames,
                    Input(s, m),
                    m[s.DY]
                )
        );
        Add<ConvolutionGradientToInput>(ToInput);
        Add<ConvolutionGradientSums>(
            (s, m) =>
            {
                ToInput(s.Gradient, m);
                foreach ((NormBackward norm, BufferId sums) in s.Norms)
                    m[sums] = SumsOf(norm, m, BeforeActivation(norm, m));
            }
        );
        Add<ConvolutionResidualSums>(
            (s, m) =>
            {
                ToInput(s.Gradient, m);
                foreach ((NormBackward norm, BufferId sums) in s.Norms)
                {
                    double[] d = BeforeActivation(norm, m);
                    m[sums] = SumsOf(norm, m, d);
                    m[norm.DY] = d;
                }
            }
        );
    }

    // The input of a step that normalises it, or of one that reads it as it lies.
    private static double[] Input(INormalizesInput s, ReferenceMemory m)
    {
        if (s.Norm is { } norm)
            Normalize(norm, m);
        return m[s.X];
    }

    private static void ToInput(ConvolutionGradientToInput s, ReferenceMemory m) =>
        m.Put(s.DX, ConvolutionReference.GradientToInput(s.Pass.Shape, m.Batch * s.Pass.Frames, m[s.DY], m[s.W]));

    private static double[] Product(LinearSize size, ReferenceMemory m, BufferId x, BufferId w) =>
        MatrixProductReference.Forward(m.Batch * size.Positions, size.Inputs, size.Units, m[x], m[w]);

    private static double[] Biased(double[] x, double[] bias) => [.. x.Select((v, i) => v + bias[i % bias.Length])];
}
