using System.Runtime.ExceptionServices;

namespace Evenkeel.Data.Images.Files;

/// <summary>Images of any sizes, decoded and held in memory.</summary>
internal sealed class DecodedImages(IImageSource source) : IImageSource
{
    private readonly byte[][] _pixels = new byte[source.Count][];
    private readonly (int Height, int Width)[] _sizes = new (int Height, int Width)[source.Count];

    public string Name => source.Name;

    public int Count => _pixels.Length;

    public int Classes => source.Classes;

    public IReadOnlyList<string> ClassNames => source.ClassNames;

    public static DecodedImages Of(IImageSource source, int threads)
    {
        var decoded = new DecodedImages(source);
        try
        {
            Parallel.For(
                0,
                source.Count,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => new ImageBuffer(),
                (i, _, buffer) =>
                {
                    decoded.Keep(i, buffer);
                    return buffer;
                },
                _ => { }
            );
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return decoded;
    }

    public int Label(int index) => source.Label(index);

    public string Describe(int index) => source.Describe(index);

    public void Read(int index, ImageBuffer image, int shorterSide = 0)
    {
        ImageChecks.Index(this, index);
        image.Resize(_sizes[index].Height, _sizes[index].Width);
        _pixels[index].CopyTo(image.Pixels);
    }

    private void Keep(int index, ImageBuffer buffer)
    {
        source.Read(index, buffer);
        _pixels[index] = buffer.Pixels.ToArray();
        _sizes[index] = (buffer.Height, buffer.Width);
    }
}
