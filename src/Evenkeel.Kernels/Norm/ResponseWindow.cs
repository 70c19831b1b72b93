namespace Evenkeel.Kernels.Norm;

/// <summary>The numbers of a local response normalisation.</summary>
internal readonly record struct ResponseWindow(int Size, float Alpha, float Beta, float K)
{
    /// <summary>Channels of the window in front of its own.</summary>
    public int Before => Size / 2;

    /// <summary>Channels of the window behind its own.</summary>
    public int After => (Size - 1) / 2;

    /// <summary>alpha / size.</summary>
    public float PerChannel => Alpha / Size;

    /// <summary>2 alpha beta / size, with a minus.</summary>
    public float GradientFactor => (float)(-2.0 * Alpha * Beta / Size);

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">One does not fit.</exception>
    public static ResponseWindow Of(int size, float alpha, float beta, float k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (!(k > 0 && float.IsFinite(k) && alpha >= 0 && float.IsFinite(alpha) && float.IsFinite(beta)))
        {
            throw new ArgumentException(
                $"Local response normalisation needs k > 0, alpha >= 0 and a finite beta, not k = {k}, alpha = {alpha}, beta = {beta}."
            );
        }

        return new ResponseWindow(size, alpha, beta, k);
    }
}
