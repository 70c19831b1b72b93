using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Where packed weights go: panel after panel, <see cref="Width"/> columns of the product each.</summary>
/// <param name="first">The first panel.</param>
/// <param name="panelFloats">Floats from each panel to the next.</param>
/// <param name="width">Columns of a panel.</param>
/// <param name="columns">Columns of all panels; the last panel may be filled up with zeros.</param>
internal readonly unsafe struct WeightPanels(float* first, nint panelFloats, int width, int columns)
{
    /// <summary>Columns of a panel.</summary>
    public int Width => width;

    /// <summary>Columns of all panels.</summary>
    public int Columns => columns;

    /// <summary>Panel <paramref name="index"/>.</summary>
    public float* Panel(int index) => first + (index * panelFloats);
}

/// <summary>Packs the weights of one group, [taps x inputs, outputs], into panels.</summary>
internal readonly unsafe struct WeightPacking<TVec, TLanes>(
    ConvolutionShape shape,
    int group,
    float* weights,
    WeightPanels panels
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int depth = shape.KernelHeight * shape.KernelWidth * shape.GroupInputs;
        var product = new Product
        {
            Depth = depth,
            Columns = shape.GroupOutputs,
            B = weights + (group * shape.GroupOutputs),
            BStepStride = shape.OutputChannels,
            BColumnStride = 1,
        };
        PanelPacking<TVec, TLanes>.Pack(product, chunk, 0, depth, panels.Panel(chunk));
    }
}

/// <summary>
/// Packs the weights of one group as the gradient of the input uses them: taps in reverse, every stride-th of them, each
/// transposed to [outputs, inputs].
/// </summary>
internal readonly unsafe struct TransposedWeightPacking<TVec, TLanes>(
    ConvolutionShape shape,
    int group,
    GradientPhase vertical,
    GradientPhase horizontal,
    float* weights,
    WeightPanels panels
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int column = chunk * panels.Width;
        int columns = Math.Min(panels.Width, panels.Columns - column);
        float* panel = panels.Panel(chunk);
        for (int y = 0; y < vertical.Taps; y++)
        {
            for (int x = 0; x < horizontal.Taps; x++)
            {
                int tap = (vertical.Tap(y) * shape.KernelWidth) + horizontal.Tap(x);
                float* from =
                    weights
                    + ((((nint)tap * shape.GroupInputs) + column) * shape.OutputChannels)
                    + (group * shape.GroupOutputs);
                PanelTranspose.Run(from, shape.OutputChannels, shape.GroupOutputs, columns, panel, panels.Width);
                panel += (nint)shape.GroupOutputs * panels.Width;
            }
        }
    }
}
