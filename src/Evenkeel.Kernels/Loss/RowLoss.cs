namespace Evenkeel.Kernels.Loss;

/// <summary>The loss of one row.</summary>
internal static class RowLoss
{
    /// <summary>
    /// log(sum) - label, from the sum of e^(z - max) and the label's z - max. The sum is at least 1 and the label's shifted
    /// logit at most 0, so nothing cancels; in double, a sum of 1 + 1e-9 still tells the loss of a row that is almost
    /// surely right.
    /// </summary>
    public static float FromSum(double sum, float label) => (float)(Math.Log(sum) - label);
}
