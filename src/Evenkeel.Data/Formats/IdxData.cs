namespace Evenkeel.Data.Formats;

/// <summary>The contents of an IDX file of bytes.</summary>
/// <param name="Dimensions">Sizes, outermost first: [count] for labels, [count, height, width] for images.</param>
/// <param name="Bytes">The values in row-major order; their number is the product of the sizes.</param>
public sealed record IdxData(IReadOnlyList<int> Dimensions, byte[] Bytes);
