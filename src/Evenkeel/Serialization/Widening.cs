using System.Numerics;

namespace Evenkeel.Serialization;

/// <summary>How one stored value becomes one value of the type that was asked for; never with loss.</summary>
internal interface IWidening<TSource, TTarget>
{
    /// <summary>The same number in the wider type.</summary>
    static abstract TTarget From(TSource value);
}

/// <summary>Widening between .NET's own numbers.</summary>
internal readonly struct NumberWidening<TSource, TTarget> : IWidening<TSource, TTarget>
    where TSource : INumberBase<TSource>
    where TTarget : INumberBase<TTarget>
{
    public static TTarget From(TSource value) => TTarget.CreateChecked(value);
}

/// <summary>A bfloat16 is the upper half of a float's bits.</summary>
internal readonly struct BFloat16Widening : IWidening<ushort, float>, IWidening<ushort, double>
{
    static float IWidening<ushort, float>.From(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    static double IWidening<ushort, double>.From(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
