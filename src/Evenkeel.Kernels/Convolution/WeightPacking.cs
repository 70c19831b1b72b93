using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Where packed weights go: panel after panel, <see cref="Width"/> columns of the product each.</summary>
/// <param name="first">The first panel.</param>
/// <param name="panelFloats">Floats from each panel to the next.</param>
/// <param name="lineFloats">Floats from each line of taps of a panel to the next.</param>
/// <param name="step">Lines and columns of the kernel that are the phases of one tap (<see cref="InputPhases"/>).</param>
/// <param name="width">Columns of a panel.</param>
/// <param name="columns">Columns of all panels; the last panel may be filled up with zeros.</param>
internal readonly unsafe struct WeightPanels(
    float* first,
    nint panelFloats,
    nint lineFloats,
    int step,
    int width,
    int columns
)
{
    /// <summary>Lines and columns of the kernel that are the phases of one tap.</summary>
    public int Step => step;

    /// <summary>Columns of a panel.</summary>
    public int Width => width;

    /// <summary>Columns of all panels.</summary>
    public int Columns => columns;

    /// <summary>Panel <paramref name="index"/>.</summary>
    public float* Panel(int index) => first + (index * panelFloats);

    /// <summary>Line <paramref name="line"/> of the taps of panel <paramref name="index"/>.</summary>
    public float* Line(int index, int line) => Panel(index) + (line * lineFloats);
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
        if (panels.Step > 1)
            Clear(chunk);
        for (int y = 0; y < shape.KernelHeight; y++)
        {
            (int line, int phase) = Math.DivRem(y, panels.Step);
            nint rows = (nint)phase * panels.Step * shape.GroupInputs;
            PackLine(chunk, y, panels.Line(chunk, line) + (rows * panels.Width));
        }
    }

    // Phases of taps that the kernel does not have are zeros.
    private void Clear(int chunk)
    {
        nint tap = (nint)panels.Step * panels.Step * shape.GroupInputs * panels.Width,
            line = Partition.CeilingDivide(shape.KernelWidth, panels.Step) * tap;
        for (int y = 0; y < Partition.CeilingDivide(shape.KernelHeight, panels.Step); y++)
            new Span<float>(panels.Line(chunk, y), (int)line).Clear();
    }

    private void PackLine(int chunk, int y, float* to)
    {
        int inputs = shape.GroupInputs,
            first = y * shape.KernelWidth,
            end = first + shape.KernelWidth,
            // Neighbouring taps of one step are neighbours.
            taps = panels.Step == 1 ? shape.KernelWidth : panels.Step;
        var product = new Product
        {
            Depth = shape.KernelHeight * shape.KernelWidth * inputs,
            Columns = shape.GroupOutputs,
            B = weights + (group * shape.GroupOutputs),
            BStepStride = shape.OutputChannels,
            BColumnStride = 1,
        };
        for (int x = first; x < end; x += taps, to += (nint)taps * panels.Step * inputs * panels.Width)
            PanelPacking<TVec, TLanes>.Pack(product, chunk, x * inputs, Math.Min(x + taps, end) * inputs, to);
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
        for (int y = 0; y < vertical.Taps; y++)
        {
            float* panel = panels.Line(chunk, y);
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
