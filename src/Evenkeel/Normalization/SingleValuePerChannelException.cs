namespace Evenkeel.Normalization;

/// <summary>A training batch gave a batch-normalisation layer one value per channel, whose variance is not defined.</summary>
public sealed class SingleValuePerChannelException : Exception
{
    /// <summary>An exception without details.</summary>
    public SingleValuePerChannelException() { }

    /// <summary>An exception with a message.</summary>
    public SingleValuePerChannelException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public SingleValuePerChannelException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>An exception that names the layer, the shape and the remedies.</summary>
    public SingleValuePerChannelException(string layer, int batch, int positions, int channels)
        : base(
            $"Layer '{layer}' was given one value per channel (batch {batch}, {positions} position(s), {channels} channels): "
                + "its variance is not defined. Use a batch of 2 or more, drop or merge the last small batch "
                + "(lastBatch: drop or merge), or choose a policy (singleValue: useRunningStatistics or skipUpdate)."
        ) { }
}
