using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>Sizes of a window as files have them: a number per dimension, padding at all beginnings before that at all ends.</summary>
internal sealed record SlidingSizes(int[] Kernel, int[] Strides, int[] Pads)
{
    public AttributeProto[] Attributes =>
        [
            NodeExport.Attribute("kernel_shape", Kernel),
            NodeExport.Attribute("strides", Strides),
            NodeExport.Attribute("pads", Pads),
        ];

    /// <summary>Those of a layer with a window.</summary>
    public static SlidingSizes Of(Layer layer) =>
        layer switch
        {
            Conv1d convolution => Of(convolution.Window),
            Conv2d convolution => Of(convolution.Window),
            Conv3d convolution => Of(convolution.Depth, convolution.Plane),
            ConvTranspose2d convolution => Of(convolution.Window),
            MaxPool1d pool => Of(pool.Window),
            MaxPool2d pool => Of(pool.Window),
            MaxPool3d pool => Of(pool.Depth, pool.Plane),
            AveragePool1d pool => Of(pool.Window),
            AveragePool2d pool => Of(pool.Window),
            AveragePool3d pool => Of(pool.Depth, pool.Plane),
            _ => throw new ArgumentException($"A {layer.Kind} has no window.", nameof(layer)),
        };

    private static SlidingSizes Of(AxisWindow line) => new([line.Length], [line.Stride], [line.Before, line.After]);

    private static SlidingSizes Of(Window image) =>
        new(
            [image.Height, image.Width],
            [image.StrideY, image.StrideX],
            [image.PadTop, image.PadLeft, image.PadBottom, image.PadRight]
        );

    private static SlidingSizes Of(AxisWindow depth, Window plane)
    {
        SlidingSizes first = Of(depth),
            rest = Of(plane);
        return new SlidingSizes(
            [.. first.Kernel, .. rest.Kernel],
            [.. first.Strides, .. rest.Strides],
            [first.Pads[0], .. rest.Pads[..2], first.Pads[1], .. rest.Pads[2..]]
        );
    }
}
