namespace Evenkeel.Serialization;

/// <summary>The bytes of a safetensors file, wherever they are.</summary>
internal interface ITensorBytes : IDisposable
{
    /// <summary>How many bytes there are.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> as far as there are bytes; returns how many.</summary>
    int Read(long offset, Span<byte> destination);
}
