namespace Evenkeel.Kernels.Tests.Reference;

public sealed class BatchNormReferenceTests
{
    private const int Rows = 9;
    private const int Channels = 4;
    private const double Step = 1e-5;

    // Central differences: step^2 = 1e-10 from the third derivative, 1e-16 / step = 1e-11 from rounding; times 36 terms.
    private const double Tolerance = 1e-8;

    private readonly BatchNormCase _case = new(Rows, Channels);

    [Theory]
    [InlineData(1e-5)]
    [InlineData(0.1)]
    [InlineData(0)]
    public void The_six_equations_agree_with_finite_differences(double epsilon)
    {
        double[] x = BatchNormCase.Doubles(_case.X);
        double[] gamma = BatchNormCase.Doubles(_case.Gamma);
        double[] beta = BatchNormCase.Doubles(_case.Beta);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(Rows, Channels, x);
        double[] dy = BatchNormCase.Doubles(_case.Dy);
        NormGradients g = BatchNormReference.Backward(x, dy, gamma, epsilon, mean, variance);
        Compare(x, g.Dx, () => Loss(x, gamma, beta, epsilon));
        Compare(gamma, g.Dgamma, () => Loss(x, gamma, beta, epsilon));
        Compare(beta, g.Dbeta, () => Loss(x, gamma, beta, epsilon));
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(0)]
    public void The_compact_form_is_the_six_equations(double epsilon)
    {
        double[] x = BatchNormCase.Doubles(_case.X);
        double[] gamma = BatchNormCase.Doubles(_case.Gamma);
        double[] dy = BatchNormCase.Doubles(_case.Dy);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(Rows, Channels, x);
        NormGradients six = BatchNormReference.Backward(x, dy, gamma, epsilon, mean, variance);
        NormGradients compact = BatchNormReference.BackwardCompact(x, dy, gamma, epsilon, mean, variance);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(six.Dx[i], compact.Dx[i], 1e-13);
        for (int c = 0; c < Channels; c++)
        {
            Assert.Equal(six.Dgamma[c], compact.Dgamma[c], 1e-13);
            Assert.Equal(six.Dbeta[c], compact.Dbeta[c], 1e-13);
        }
    }

    private double Loss(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        (double[] mean, double[] variance) = BatchNormReference.Statistics(Rows, Channels, x);
        double[] y = BatchNormReference.Forward(x, gamma, beta, epsilon, mean, variance);
        return y.Select((v, i) => v * _case.Dy[i]).Sum();
    }

    private static void Compare(double[] parameters, double[] gradient, Func<double> loss)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            double at = parameters[i];
            parameters[i] = at + Step;
            double above = loss();
            parameters[i] = at - Step;
            double below = loss();
            parameters[i] = at;
            Assert.Equal(gradient[i], (above - below) / (2 * Step), Tolerance);
        }
    }
}
