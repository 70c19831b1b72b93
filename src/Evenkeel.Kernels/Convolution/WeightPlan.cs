using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// How the weights' gradient is cut, by shape alone: output channels into panels, places into strips of whole lines or whole
/// images, strips into parts with sums of their own.
/// </summary>
internal readonly struct WeightPlan
{
    // A panel of gradients of so many places takes half of a first-level cache.
    private const int StripPlaces = 192;

    // Enough for the threads of a small machine; more parts cost memory and time to add up.
    private const int LeastChunks = 16;

    // With few channels, the channels of a row of taps are taken together to fill a tile.
    private const int FewChannels = 32;

    // Pixels so many floats apart compete for the same few sets of the first-level cache.
    private const int ConflictStride = 256;

    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images.</param>
    /// <param name="width">Columns of a tile.</param>
    public WeightPlan(in ConvolutionShape shape, int batch, int width)
    {
        long image = shape.Positions;
        Images = (int)Math.Clamp(StripPlaces / image, 1, Math.Max(1, batch));
        Lines = Images > 1 ? shape.OutputHeight : Math.Clamp(StripPlaces / shape.OutputWidth, 1, shape.OutputHeight);
        StripsPerImage = Partition.CeilingDivide(shape.OutputHeight, Lines);
        Strips = Partition.CeilingDivide(batch, Images) * StripsPerImage;
        Panels = Partition.CeilingDivide(shape.GroupOutputs, width);
        Parts = Math.Clamp(Partition.CeilingDivide(LeastChunks, Panels), 1, Math.Max(1, Strips));
        Depth = shape.KernelHeight * shape.KernelWidth * shape.GroupInputs;
        MergesTaps = shape.KernelWidth > 1 && shape.GroupInputs <= FewChannels;
        Copies = MergesTaps || (shape.KernelWidth == 1 && shape.InputChannels % ConflictStride == 0);
        StripPixel = MergesTaps ? shape.GroupInputs : shape.GroupInputs + 16;
        StripColumns = ((shape.OutputWidth - 1) * shape.StrideX) + shape.KernelWidth;
        StripLines = ((Lines - 1) * shape.StrideY) + shape.KernelHeight;
        PanelFloats = (nint)Depth * width;
        GradientFloats = (nint)Images * Lines * shape.OutputWidth * width;
        StripFloats = Copies ? (nint)StripLines * StripColumns * StripPixel : 0;
        ChunkFloats = (PanelFloats + GradientFloats + (StripFloats * Images) + 31) / 16 * 16;
    }

    /// <summary>Images of a strip; more than 1 only if it has all their lines.</summary>
    public int Images { get; }

    /// <summary>Lines of output of a strip.</summary>
    public int Lines { get; }

    /// <summary>Strips of one image.</summary>
    public int StripsPerImage { get; }

    /// <summary>Strips of all images.</summary>
    public int Strips { get; }

    /// <summary>Panels of output channels.</summary>
    public int Panels { get; }

    /// <summary>Parts that strips are divided into.</summary>
    public int Parts { get; }

    /// <summary>Rows of the weights of a group: taps times input channels.</summary>
    public int Depth { get; }

    /// <summary>Whether a tile goes across the taps of a row.</summary>
    public bool MergesTaps { get; }

    /// <summary>Whether x is copied, with its padding.</summary>
    public bool Copies { get; }

    /// <summary>Floats of a pixel of the copy.</summary>
    public nint StripPixel { get; }

    /// <summary>Pixels of a line of the copy.</summary>
    public int StripColumns { get; }

    /// <summary>Lines of the copy of an image.</summary>
    public int StripLines { get; }

    /// <summary>Floats of the sums of a panel.</summary>
    public nint PanelFloats { get; }

    /// <summary>Floats of a panel of a strip's gradients.</summary>
    public nint GradientFloats { get; }

    /// <summary>Floats of the copy of one image's part of a strip.</summary>
    public nint StripFloats { get; }

    /// <summary>Floats of scratch memory of one chunk.</summary>
    public nint ChunkFloats { get; }
}
