using Evenkeel.Data;

namespace Evenkeel;

/// <summary>Your own float examples in memory.</summary>
public sealed class ArrayDataset : IDataset
{
    private readonly float[] _inputs;
    private readonly int[] _labels;

    /// <summary>Wraps arrays; they are not copied and must not change while they are read.</summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="inputs">[count, product of <paramref name="shape"/>], row by row.</param>
    /// <param name="labels">[count], each 0 to <paramref name="classes"/>- 1.</param>
    /// <param name="shape">Shape of one example.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="nonFinite">Whether NaN and infinity are refused.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not match, a label is out of range, or an input is not finite; the message names the example.
    /// </exception>
    public ArrayDataset(
        string name,
        float[] inputs,
        int[] labels,
        ReadOnlySpan<int> shape,
        int classes,
        NonFiniteInputs nonFinite = NonFiniteInputs.Refuse
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Name = name;
        Classes = classes;
        (Shape, InputLength) = DatasetChecks.Shape(shape, name);
        if (inputs.Length != (long)labels.Length * InputLength)
        {
            throw new ArgumentException(
                $"{name}: {labels.Length} labels with {InputLength} values each need "
                    + $"{(long)labels.Length * InputLength} inputs, but there are {inputs.Length}.",
                nameof(inputs)
            );
        }

        DatasetChecks.Labels<int>(name, labels, classes);
        if (nonFinite == NonFiniteInputs.Refuse)
            CheckInputs(name, inputs, InputLength);
        _inputs = inputs;
        _labels = labels;
    }

    /// <summary>Wraps examples without labels; the array is not copied and must not change while it is read.</summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="inputs">[count, product of <paramref name="shape"/>], row by row.</param>
    /// <param name="shape">Shape of one example.</param>
    /// <param name="nonFinite">Whether NaN and infinity are refused.</param>
    /// <exception cref="ArgumentException">The values are not a whole number of examples, or one is not finite.</exception>
    public ArrayDataset(
        string name,
        float[] inputs,
        ReadOnlySpan<int> shape,
        NonFiniteInputs nonFinite = NonFiniteInputs.Refuse
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(inputs);
        Name = name;
        (Shape, InputLength) = DatasetChecks.Shape(shape, name);
        if (inputs.Length % InputLength != 0)
        {
            throw new ArgumentException(
                $"{name}: {inputs.Length} values are not a whole number of examples of {InputLength}.",
                nameof(inputs)
            );
        }

        if (nonFinite == NonFiniteInputs.Refuse)
            CheckInputs(name, inputs, InputLength);
        _inputs = inputs;
        _labels = new int[inputs.Length / InputLength];
    }

    private ArrayDataset(ArrayDataset examples, int[] labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        (Name, Shape, InputLength, Classes) = (examples.Name, examples.Shape, examples.InputLength, classes);
        (_inputs, _labels) = (examples._inputs, labels);
        LabelLength = examples.Count > 0 ? labels.Length / examples.Count : 1;
        if (LabelLength == 0 || labels.Length != (long)examples.Count * LabelLength)
            throw new ArgumentException(
                $"{Name}: {labels.Length} labels are not as many for each of {examples.Count} examples.",
                nameof(labels)
            );
        DatasetChecks.LabelsOfPositions(Name, labels, LabelLength, classes);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _inputs.Length / InputLength;

    /// <inheritdoc/>
    public IReadOnlyList<int> Shape { get; }

    /// <inheritdoc/>
    public int InputLength { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public int LabelLength { get; } = 1;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            ReadInputs(index, inputs.Slice(i * InputLength, InputLength));
            _labels.AsSpan(index * LabelLength, LabelLength).CopyTo(labels[(i * LabelLength)..]);
        }
    }

    /// <summary>
    /// Examples with a label for each position of the network's output, as for each step of a sequence; the arrays are not copied and must not change
    /// while they are read.
    /// </summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="inputs">[count, product of <paramref name="shape"/>], row by row; finite numbers.</param>
    /// <param name="shape">Shape of one example.</param>
    /// <param name="labels">
    /// [count, positions], each 0 to <paramref name="classes"/> - 1, or -1 where a position has none, as behind the end of a sequence.
    /// </param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not match, a label is out of range, an input is not finite, or an example has no label at all; the message names the example.
    /// </exception>
    public static ArrayDataset WithLabels(
        string name,
        float[] inputs,
        ReadOnlySpan<int> shape,
        int[] labels,
        int classes
    ) => new(new ArrayDataset(name, inputs, shape), labels, classes);

    /// <summary>
    /// Examples with float targets, such as those of a regression; the arrays are not copied and must not change while they are read.
    /// </summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="inputs">[count, product of <paramref name="shape"/>], row by row.</param>
    /// <param name="shape">Shape of one example.</param>
    /// <param name="targets">[count, product of <paramref name="targetShape"/>], row by row; finite numbers.</param>
    /// <param name="targetShape">Shape of one target: as many values as the network's output.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not match, or a value is not finite; the message names the example. Leave out examples without a target.
    /// </exception>
    public static ITargetDataset WithTargets(
        string name,
        float[] inputs,
        ReadOnlySpan<int> shape,
        float[] targets,
        ReadOnlySpan<int> targetShape
    )
    {
        ArgumentNullException.ThrowIfNull(targets);
        var examples = new ArrayDataset(name, inputs, shape);
        (IReadOnlyList<int> own, int length) = DatasetChecks.Shape(targetShape, name);
        if (targets.Length != (long)examples.Count * length)
            throw new ArgumentException(
                $"{name}: {examples.Count} examples with {length} targets each need {(long)examples.Count * length} targets, but there are {targets.Length}.",
                nameof(targets)
            );
        CheckFinite($"{name}: target", targets, length, "leave out examples without a target", nameof(targets));
        return new TargetDataset(examples, targets, own, length);
    }

    internal void ReadInputs(int index, Span<float> inputs)
    {
        DatasetChecks.Index(this, index);
        _inputs.AsSpan(index * InputLength, InputLength).CopyTo(inputs);
    }

    private static void CheckInputs(string name, float[] inputs, int length) =>
        CheckFinite(
            $"{name}: value",
            inputs,
            length,
            "clean the data, or allow values that are not finite",
            nameof(inputs)
        );

    private static void CheckFinite(string what, float[] values, int length, string remedy, string parameter)
    {
        int wrong = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (wrong >= 0)
            throw new ArgumentException(
                $"{what} {wrong % length} of example {wrong / length} is {values[wrong]}; {remedy}.",
                parameter
            );
    }
}
