using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Graphs;

namespace Evenkeel.Cli.Models;

/// <summary>Image files as a model's input: the middle of each, scaled as in the training.</summary>
internal static class ImageInput
{
    /// <summary>Whether a path is that of an image file, or a folder, which is then one of image files.</summary>
    public static bool Is(string path) =>
        Directory.Exists(path) || Path.GetExtension(path).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG";

    /// <summary>The files that a path stands for.</summary>
    public static IReadOnlyList<string> Files(string path) =>
        Directory.Exists(path) ? EncodedImages.FilesIn(path) : [path];

    /// <summary>Reads images.</summary>
    /// <param name="files">JPEG or PNG.</param>
    /// <param name="model">Says the size, and how its colours are scaled if its file has that note.</param>
    /// <param name="scaling">How colours are scaled; null to ask the model's file.</param>
    /// <param name="shorterSide">Images are scaled to this before the middle is cut out; null for the size of the input.</param>
    /// <returns>[files, side, side, 3].</returns>
    /// <exception cref="UsageException">The model takes no colour images, or nothing says how colours are scaled.</exception>
    public static float[] Read(
        IReadOnlyList<string> files,
        LoadedModel model,
        ChannelScaling? scaling,
        int? shorterSide
    )
    {
        Shape shape = model.Model.Graph.Input.Shape;
        if (shape.Dimensions is not [var side, var width, ImageBuffer.Channels] || side != width)
        {
            throw new UsageException(
                $"--input: image files are for square colour images, but the input '{model.InputName}' takes "
                    + $"[N, {string.Join(", ", model.Layout.Dimensions(shape))}]; give a .npy file."
            );
        }

        if (shorterSide < side)
            throw new UsageException($"--resize: it must be {side} or more, the side of the model's input.");
        var transform = new ImageTransform
        {
            Crop = new ResizeAndCenterCrop { Side = side, ShorterSide = shorterSide ?? side },
            Scaling = scaling ?? Noted(model),
        };
        var images = new ImageDataset(EncodedImages.FromFiles(files), transform);
        float[] inputs = new float[checked(images.Count * images.InputLength)];
        images.Read([.. Enumerable.Range(0, images.Count)], inputs, new int[images.Count]);
        return inputs;
    }

    private static ChannelScaling Noted(LoadedModel model) =>
        model.Notes.TryGetValue(DataConfig.Note, out string? note)
        && DataConfig.Parse(note, $"{model.Path} ({DataConfig.Note})") is ImageDataConfig { Scaling: { } scaling }
            ? scaling
            : throw new UsageException(
                $"{model.Path} does not say how its colours are scaled; give --mean and --deviation as in its training "
                    + "(often 0.485,0.456,0.406 and 0.229,0.224,0.225)."
            );
}
