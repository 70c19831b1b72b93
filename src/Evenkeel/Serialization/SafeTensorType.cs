namespace Evenkeel.Serialization;

/// <summary>Element types of a safetensors file.</summary>
public enum SafeTensorType
{
    /// <summary>F64, <see cref="double"/>.</summary>
    Float64,

    /// <summary>F32, <see cref="float"/>.</summary>
    Float32,

    /// <summary>F16, <see cref="Half"/>.</summary>
    Float16,

    /// <summary>BF16: the upper 16 bits of a <see cref="float"/>.</summary>
    BFloat16,

    /// <summary>I64, <see cref="long"/>.</summary>
    Int64,

    /// <summary>I32, <see cref="int"/>.</summary>
    Int32,

    /// <summary>I16, <see cref="short"/>.</summary>
    Int16,

    /// <summary>I8, <see cref="sbyte"/>.</summary>
    Int8,

    /// <summary>U64, <see cref="ulong"/>.</summary>
    UInt64,

    /// <summary>U32, <see cref="uint"/>.</summary>
    UInt32,

    /// <summary>U16, <see cref="ushort"/>.</summary>
    UInt16,

    /// <summary>U8, <see cref="byte"/>.</summary>
    UInt8,

    /// <summary>BOOL, one byte of 0 or 1.</summary>
    Boolean,
}
