namespace Evenkeel.Configuration;

/// <summary>Kinds of values.</summary>
internal enum FieldKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An object.</summary>
    Object,
}

/// <summary>What a reader asked a field for; of it the JSON schema of configurations is made.</summary>
/// <param name="Kind">The kind of the value, or of a list's items.</param>
internal sealed record FieldForm(FieldKind Kind)
{
    /// <summary>How many lists lie around the value: 1, of which a value that is no object may stand for a list of one; or 2.</summary>
    public int Lists { get; init; }

    /// <summary>The least whole number.</summary>
    public long Least { get; init; } = long.MinValue;

    /// <summary>The greatest whole number.</summary>
    public long Most { get; init; } = long.MaxValue;

    /// <summary>The words that a text may be; none for any text.</summary>
    public IReadOnlyCollection<string> Words { get; init; } = [];

    /// <summary>The objects that were read.</summary>
    public IReadOnlyList<JsonFields> Objects { get; init; } = [];
}
