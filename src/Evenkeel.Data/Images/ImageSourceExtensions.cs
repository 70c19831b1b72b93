using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images;

/// <summary>Parts of image sources, without copies.</summary>
public static class ImageSourceExtensions
{
    /// <summary>Only some classes, whose labels become 0, 1, ... in the order given.</summary>
    /// <param name="source">The images.</param>
    /// <param name="classes">Labels in the source, each once.</param>
    /// <exception cref="ArgumentException">No class is named, one twice, or one that does not exist.</exception>
    public static IImageSource OfClasses(this IImageSource source, params ReadOnlySpan<int> classes)
    {
        ArgumentNullException.ThrowIfNull(source);
        int[] renamed = new int[source.Classes];
        renamed.AsSpan().Fill(-1);
        string[] names = new string[classes.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            if ((uint)classes[i] >= (uint)source.Classes || renamed[classes[i]] >= 0)
            {
                throw new ArgumentException(
                    $"{source.Name}: the class {classes[i]} does not exist or is named twice; labels are 0 to {source.Classes - 1}.",
                    nameof(classes)
                );
            }

            renamed[classes[i]] = i;
            names[i] = source.ClassNames[classes[i]];
        }

        int[] indices = [.. Enumerable.Range(0, source.Count).Where(i => renamed[source.Label(i)] >= 0)];
        int[] labels = Array.ConvertAll(indices, i => renamed[source.Label(i)]);
        return new ImageSubset(source, $"{source.Name} ({names.Length} classes)", indices, labels, names);
    }

    /// <summary>The first images of each class, in the source's order.</summary>
    /// <param name="source">The images.</param>
    /// <param name="count">Images of a class, 1 or more; a class that has fewer gives all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static IImageSource TakePerClass(this IImageSource source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[] rank = RankInClass(source, out _);
        return Where(source, $"{source.Name} (first {count} of each class)", i => rank[i] < count);
    }

    /// <summary>Parts the last images of each class off for validation, by the source's order.</summary>
    /// <param name="source">The images.</param>
    /// <param name="count">Images of a class to part off, 1 or more; every class must have more.</param>
    /// <returns>A split whose <see cref="ImageSplit.Test"/> is the validation part.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    /// <exception cref="ArgumentException">A class would be left without images; the message names it.</exception>
    public static ImageSplit HoldOutPerClass(this IImageSource source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[] rank = RankInClass(source, out int[] sizes);
        int small = sizes.AsSpan().IndexOfAnyInRange(0, count);
        if (small >= 0)
        {
            throw new ArgumentException(
                $"{source.Name}: the class {source.ClassNames[small]} has {sizes[small]} images, too few to split off {count}.",
                nameof(count)
            );
        }

        return new ImageSplit(
            Where(source, $"{source.Name} (training part)", i => rank[i] < sizes[source.Label(i)] - count),
            Where(source, $"{source.Name} (validation part)", i => rank[i] >= sizes[source.Label(i)] - count)
        );
    }

    /// <summary>Images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run does not lie within the source.</exception>
    public static IImageSource Slice(this IImageSource source, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (first < 0 || count < 0 || first > source.Count - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                $"{source.Name}: images {first} to {(long)first + count - 1} were asked for, but there are "
                    + $"{source.Count}, numbered from 0."
            );
        }

        return Where(source, $"{source.Name} [{first}..{first + count})", i => i >= first && i < first + count);
    }

    /// <summary>
    /// All images in a fixed random order: folders come class by class, and a part of such an order is not a sample of it.
    /// </summary>
    /// <param name="source">The images.</param>
    /// <param name="seed">Which order.</param>
    public static IImageSource Shuffled(this IImageSource source, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        int[] order = new int[source.Count];
        new ExampleOrder(source.Count, ShuffleMode.Full, seed).Fill(0, order);
        return new ImageSubset(source, source.Name, order, Array.ConvertAll(order, source.Label), source.ClassNames);
    }

    private static ImageSubset Where(IImageSource source, string name, Func<int, bool> wanted)
    {
        int[] indices = [.. Enumerable.Range(0, source.Count).Where(wanted)];
        return new ImageSubset(source, name, indices, Array.ConvertAll(indices, source.Label), source.ClassNames);
    }

    private static int[] RankInClass(IImageSource source, out int[] sizes)
    {
        sizes = new int[source.Classes];
        int[] rank = new int[source.Count];
        for (int i = 0; i < rank.Length; i++)
            rank[i] = sizes[source.Label(i)]++;
        return rank;
    }
}
