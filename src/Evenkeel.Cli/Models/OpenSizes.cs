using System.Collections.Immutable;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Images;
using Evenkeel.Onnx;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>Sizes that an ONNX file leaves open, taken from the data that the model is used on.</summary>
internal static class OpenSizes
{
    /// <summary>The whole shape of an input, batch and all; null where the data does not say it.</summary>
    /// <param name="input">The input as the file declares it.</param>
    /// <param name="request">The data, and how it is read.</param>
    /// <param name="context">Where it is told what was taken.</param>
    public static ImmutableArray<int>? Of(OnnxInput input, ExampleRequest request, CommandContext context)
    {
        if (request.Source is not { } source || DataConfig.IsName(source) || !Path.Exists(source))
            return null;
        ImmutableArray<int>? shape = SourceKinds.Of(source, request.Option) switch
        {
            SourceKind.Arrays => OfArray(input, source),
            SourceKind.Images => OfImage(input, source, request.Images),
            _ => null,
        };
        if (shape is { } found)
            context.Note(
                $"The input '{input.Name}' has open sizes; the shape [{string.Join(", ", found)}] of the data is used."
            );
        return shape;
    }

    private static ImmutableArray<int>? OfArray(OnnxInput input, string source)
    {
        using var arrays = new InputArrays(source, input.Name);
        IReadOnlyList<int> array = arrays.Dimensions();
        if (input.Dimensions is not { } declared || declared.Length == array.Count)
            return [.. array];
        return declared.Length == array.Count + 1 ? [1, .. array] : null;
    }

    // Open height and width are those of the image; what the file says of the others stays.
    private static ImmutableArray<int>? OfImage(OnnxInput input, string source, ImageRequest request)
    {
        if (input.Dimensions is not { Length: 4 } declared)
            return null;
        bool last = request.Order == ImageOrder.ChannelsLast || (request.Order is null && declared[3].Size is 1 or 3);
        var image = new ImageBuffer();
        var usual = new ImageDataConfig { Source = source };
        ImageParts.Open(usual with { MaxPixels = request.MaxPixels ?? usual.MaxPixels }).Test.Read(0, image);
        (int rows, int columns, int channels) = last ? (1, 2, 3) : (2, 3, 1);
        int[] shape = [1, 0, 0, 0];
        shape[rows] = declared[rows].Size ?? image.Height;
        shape[columns] = declared[columns].Size ?? image.Width;
        shape[channels] = declared[channels].Size ?? ImageBuffer.Channels;
        return [.. shape];
    }
}
