namespace Evenkeel.Ranks;

/// <summary>Ranks cannot go on together. The message is one line that names the rank at fault, where one is known, and the cause.</summary>
public sealed class CommunicatorException : Exception
{
    /// <summary>An exception without details.</summary>
    public CommunicatorException() { }

    /// <summary>An exception with a message.</summary>
    public CommunicatorException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public CommunicatorException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>The rank at fault, or else the one that noticed; null if the message names none.</summary>
    public int? Rank { get; init; }

    /// <summary>The exit code that the process should end with.</summary>
    public int Code { get; init; } = 1;

    /// <summary>What <paramref name="rank"/> threw, as every rank is to hear it.</summary>
    public static CommunicatorException Of(int rank, int size, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return cause is CommunicatorException { Rank: not null } named
            ? named
            : new CommunicatorException($"rank {rank} of {size} failed: {cause.Message.ReplaceLineEndings(" ")}", cause)
            {
                Rank = rank,
            };
    }
}
