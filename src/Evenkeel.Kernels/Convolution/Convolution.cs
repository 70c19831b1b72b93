using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Two-dimensional convolution (cross-correlation) of images [batch, height, width, channels] and its gradients. Weights are
/// [kernel height, kernel width, input channels / groups, output channels]. A batch may be empty. Results have the same bits
/// for every number of threads; outputs must not overlap inputs. Where a 3x3 kernel goes by minimal filtering, NaN and infinity may reach
/// outputs beside those of the plain sum, in the same tile of up to 4x4.
/// </summary>
public static unsafe partial class Convolution
{
    internal static void CheckShape(WorkerPool pool, in ConvolutionShape shape, int batch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        shape.Validate();
        if (batch < 0)
            throw new ArgumentException($"The batch must be 0 or more, not {batch}.", nameof(batch));
    }

    private static void CheckLength(string name, int actual, long expected, in ConvolutionShape shape, int batch)
    {
        if (actual != expected)
            throw new ArgumentException(
                $"{name} holds {actual} floats instead of {expected} for a batch of {batch} and {shape}.",
                name
            );
    }

    private static long InputFloats(in ConvolutionShape shape, int batch) => batch * shape.InputImage;

    private static long OutputFloats(in ConvolutionShape shape, int batch) =>
        batch * shape.Positions * shape.OutputChannels;
}
