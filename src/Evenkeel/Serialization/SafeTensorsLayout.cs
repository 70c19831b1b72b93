namespace Evenkeel.Serialization;

/// <summary>How tensors lie in the data part of a safetensors file: back to back, from its first byte to its last.</summary>
internal static class SafeTensorsLayout
{
    /// <summary>The bytes of a tensor, or false when they exceed 63 bits. A dimension of 0 makes any shape empty.</summary>
    public static bool TryBytes(SafeTensorType type, ReadOnlySpan<long> shape, out long bytes)
    {
        bytes = 0;
        if (shape.Contains(0))
            return true;
        long product = SafeTensorTypes.Bytes(type);
        foreach (long dimension in shape)
        {
            if (dimension < 0 || Math.BigMul(product, dimension, out long low) != 0 || low < 0)
                return false;
            product = low;
        }
        bytes = product;
        return true;
    }

    /// <summary>Throws unless the tensors cover <paramref name="dataBytes"/> exactly, without overlap and without a hole.</summary>
    /// <returns>The tensors in the order of their bytes.</returns>
    public static SafeTensorInfo[] Check(string file, IEnumerable<SafeTensorInfo> tensors, long dataBytes)
    {
        SafeTensorInfo[] ordered =
        [
            .. tensors.OrderBy(t => t.Begin).ThenBy(t => t.End).ThenBy(t => t.Name, StringComparer.Ordinal),
        ];
        long position = 0;
        foreach (SafeTensorInfo tensor in ordered)
        {
            string where = $"{file}: tensor {SafeTensorsException.Quote(tensor.Name)}";
            if (tensor.End > dataBytes)
                throw new SafeTensorsException(
                    $"{where}: ends at byte {tensor.End} of the data, the file holds {dataBytes}; it may be cut short"
                );
            if (tensor.Begin < position)
                throw new SafeTensorsException(
                    $"{where}: begins at byte {tensor.Begin}, inside the tensor before it that ends at {position}"
                );
            if (tensor.Begin > position)
                throw new SafeTensorsException(
                    $"{where}: begins at byte {tensor.Begin}, expected {position}; bytes between belong to no tensor"
                );
            position = tensor.End;
        }
        if (position != dataBytes)
            throw new SafeTensorsException(
                $"{file}: the tensors end at byte {position} of the data, the file holds {dataBytes}; bytes after belong to no tensor"
            );
        return ordered;
    }
}
