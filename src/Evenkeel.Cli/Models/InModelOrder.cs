namespace Evenkeel.Cli.Models;

/// <summary>Images for a model whose input has them in another order than images have.</summary>
/// <param name="inner">[height, width, channels] each.</param>
/// <param name="form">The model's order.</param>
internal sealed class InModelOrder(IDataset inner, InputForm form) : IDataset
{
    /// <summary>The images.</summary>
    public IDataset Inner => inner;

    public string Name => inner.Name;

    public int Count => inner.Count;

    public IReadOnlyList<int> Shape { get; } = [.. form.Shape.Dimensions];

    public int InputLength => inner.InputLength;

    public int Classes => inner.Classes;

    public int LabelLength => inner.LabelLength;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        float[] images = new float[inputs.Length];
        inner.Read(indices, images, labels);
        form.ToInside(images).CopyTo(inputs);
    }
}
