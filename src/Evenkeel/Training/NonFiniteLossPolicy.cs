namespace Evenkeel.Training;

/// <summary>What to do with a batch whose loss is NaN or infinite.</summary>
public enum NonFiniteLossPolicy
{
    /// <summary>Stop with an error; parameters and statistics are as before the batch.</summary>
    Fail,

    /// <summary>Leave parameters and statistics alone, count the batch and go on.</summary>
    Skip,
}
