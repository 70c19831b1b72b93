namespace Evenkeel.Data;

/// <summary>What to do with inputs that are NaN or infinite.</summary>
public enum NonFiniteInputs
{
    /// <summary>Refuse the data, naming the example.</summary>
    Refuse,

    /// <summary>Take them as they are.</summary>
    Allow,
}
