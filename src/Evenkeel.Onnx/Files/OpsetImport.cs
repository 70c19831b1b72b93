using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>The version of ONNX's own operators that a model or a function is written in.</summary>
internal static class OpsetImport
{
    /// <summary>The version, or null if none is named.</summary>
    /// <exception cref="OnnxException">It is no version.</exception>
    public static int? Of(IEnumerable<OperatorSetIdProto> imports) =>
        imports.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version switch
        {
            null => null,
            >= 1 and <= int.MaxValue and var version => (int)version,
            var other => throw new OnnxException($"Opset {other} does not exist."),
        };
}
