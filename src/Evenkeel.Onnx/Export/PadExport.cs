using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Padding.</summary>
internal static class PadExport
{
    public static string Write(NodeExport node)
    {
        var pad = (Pad)node.Node.Layer;
        string pads = node.Integers("pads", [0, .. ChannelsFirst(pad.Before), 0, .. ChannelsFirst(pad.After)]);
        string mode = pad.Mode.ToString().ToLowerInvariant();
        string[] read =
            pad.Mode == PadMode.Constant
                ? [node.Inputs[0], pads, node.Floats("value", [pad.Value])]
                : [node.Inputs[0], pads];
        return node.Emit("Pad", read, NodeExport.Attribute("mode", mode));
    }

    private static IEnumerable<long> ChannelsFirst(AxisList numbers) =>
        numbers.TakeLast(1).Concat(numbers.SkipLast(1)).Select(n => (long)n);
}
