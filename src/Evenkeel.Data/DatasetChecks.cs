using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Evenkeel.Data;

/// <summary>The checks that every data set makes, and their messages.</summary>
internal static class DatasetChecks
{
    /// <summary>A private copy of a shape, and its product.</summary>
    public static (IReadOnlyList<int> Shape, int Length) Shape(ReadOnlySpan<int> shape, string name)
    {
        long length = 1;
        foreach (int side in shape)
        {
            length = side > 0 ? length * side : 0;
            if (length is 0 or > int.MaxValue)
                break;
        }

        if (shape.IsEmpty || length is 0 or > int.MaxValue)
        {
            throw new ArgumentException(
                $"{name}: the shape [{string.Join(", ", shape.ToArray())}] of an example must have sides of 1 or more "
                    + "and fewer than 2^31 values.",
                nameof(shape)
            );
        }

        return (Array.AsReadOnly(shape.ToArray()), (int)length);
    }

    /// <summary>Checks that labels are those of a number of classes.</summary>
    public static void Labels<T>(string name, ReadOnlySpan<T> labels, int classes, string what = "example")
        where T : INumber<T>
    {
        int wrong = labels.IndexOfAnyExceptInRange(T.Zero, T.CreateChecked(classes - 1));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"{name}: the label of {what} {wrong} is {labels[wrong]}, outside 0 to {classes - 1}.",
                nameof(labels)
            );
        }
    }

    /// <summary>Checks that labels are those of a number of classes or -1, none, and that each example has one.</summary>
    public static void LabelsOfPositions(string name, ReadOnlySpan<int> labels, int perExample, int classes)
    {
        int wrong = labels.IndexOfAnyExceptInRange(-1, classes - 1);
        if (wrong >= 0)
            throw new ArgumentException(
                $"{name}: label {wrong % perExample} of example {wrong / perExample} is {labels[wrong]}, outside 0 to {classes - 1}; -1 is none.",
                nameof(labels)
            );
        for (int first = 0; first < labels.Length; first += perExample)
        {
            if (!labels.Slice(first, perExample).ContainsAnyExcept(-1))
                throw new ArgumentException(
                    $"{name}: example {first / perExample} has no label at all; leave it out.",
                    nameof(labels)
                );
        }
    }

    /// <summary>A value that must lie in a range.</summary>
    public static T InRange<T>(T value, T min, T max)
        where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max);
        return value;
    }

    /// <summary>Checks the spans of <see cref="IDataset.Read"/>.</summary>
    public static void Spans(IDataset data, int examples, int inputs, int labels)
    {
        if (inputs != (long)examples * data.InputLength || labels != (long)examples * data.LabelLength)
            ThrowSpans(data, examples, inputs, labels);
    }

    /// <summary>Checks the spans of <see cref="ITargetDataset.Read"/>.</summary>
    public static void Targets(ITargetDataset data, int examples, int inputs, int targets)
    {
        if (inputs != (long)examples * data.InputLength || targets != (long)examples * data.TargetLength)
            ThrowTargets(data, examples, inputs, targets);
    }

    /// <summary>Checks that an index lies in the data.</summary>
    public static void Index(IDataset data, int index)
    {
        if ((uint)index >= (uint)data.Count)
            ThrowIndex(data, index);
    }

    [DoesNotReturn]
    private static void ThrowSpans(IDataset data, int examples, int inputs, int labels) =>
        throw new ArgumentException(
            $"{data.Name}: {examples} examples of {data.InputLength} values need {(long)examples * data.InputLength} "
                + $"inputs and {(long)examples * data.LabelLength} labels, but the spans hold {inputs} and {labels}."
        );

    [DoesNotReturn]
    private static void ThrowTargets(ITargetDataset data, int examples, int inputs, int targets) =>
        throw new ArgumentException(
            $"{data.Name}: {examples} examples need {(long)examples * data.InputLength} inputs and "
                + $"{(long)examples * data.TargetLength} targets, but the spans hold {inputs} and {targets}."
        );

    [DoesNotReturn]
    private static void ThrowIndex(IDataset data, int index) =>
        throw new ArgumentOutOfRangeException(
            nameof(index),
            index,
            $"{data.Name}: example {index} does not exist; the data has {data.Count}, numbered from 0."
        );
}
