using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

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
