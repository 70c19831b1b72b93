namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>LSTM, GRU and RNN of one example in double, by the formulas that ONNX gives.</summary>
internal static class RecurrentReference
{
    /// <summary>The hidden state at every step, [steps, directions, units], and the last states, [directions, units].</summary>
    public static (double[] Y, double[] Hidden, double[] Cell) Run(RecurrentCase c, int example)
    {
        (int steps, int directions, int units) = (c.Steps, c.Directions, c.Units);
        double[] y = new double[steps * directions * units],
            hidden = Row(c.Hidden, example, directions * units),
            cell = Row(c.Cell, example, directions * units);
        double[] x = Row(c.X, example, steps * c.Channels);
        for (int d = 0; d < directions; d++)
        {
            double[] h = hidden[(d * units)..((d + 1) * units)],
                state = cell[(d * units)..((d + 1) * units)];
            for (int i = 0; i < steps; i++)
            {
                int step = c.Direction == "reverse" || d == 1 ? steps - 1 - i : i;
                double[] input = x[(step * c.Channels)..((step + 1) * c.Channels)];
                (h, state) = c.Operator switch
                {
                    "LSTM" => Lstm(c, d, input, h, state),
                    "GRU" => (Gru(c, d, input, h), state),
                    _ => (Map(units, u => Math.Tanh(Gate(c, d, 0, u, input, h))), state),
                };
                h.CopyTo(y, ((step * directions) + d) * units);
            }

            h.CopyTo(hidden, d * units);
            state.CopyTo(cell, d * units);
        }

        return (y, hidden, cell);
    }

    // Gates i, o, f, c.
    private static (double[] Hidden, double[] Cell) Lstm(RecurrentCase c, int d, double[] x, double[] h, double[] state)
    {
        double[] next = Map(
            c.Units,
            u =>
                (Sigmoid(Gate(c, d, 2, u, x, h)) * state[u])
                + (Sigmoid(Gate(c, d, 0, u, x, h)) * Math.Tanh(Gate(c, d, 3, u, x, h)))
        );
        return (Map(c.Units, u => Sigmoid(Gate(c, d, 1, u, x, h)) * Math.Tanh(next[u])), next);
    }

    // Gates z, r, h.
    private static double[] Gru(RecurrentCase c, int d, double[] x, double[] h)
    {
        double[] z = Map(c.Units, u => Sigmoid(Gate(c, d, 0, u, x, h))),
            r = Map(c.Units, u => Sigmoid(Gate(c, d, 1, u, x, h))),
            reset = Map(c.Units, u => r[u] * h[u]);
        return Map(
            c.Units,
            u =>
            {
                double n = c.LinearBeforeReset
                    ? Math.Tanh(OfInput(c, d, 2, u, x) + (r[u] * OfHidden(c, d, 2, u, h)))
                    : Math.Tanh(OfInput(c, d, 2, u, x) + OfHidden(c, d, 2, u, reset));
                return ((1 - z[u]) * n) + (z[u] * h[u]);
            }
        );
    }

    private static double Gate(RecurrentCase c, int d, int gate, int unit, double[] x, double[] h) =>
        OfInput(c, d, gate, unit, x) + OfHidden(c, d, gate, unit, h);

    private static double OfInput(RecurrentCase c, int d, int gate, int unit, double[] x) =>
        Dot(c.W, Line(c, d, gate, unit), x) + c.B[(d * 2 * c.Gates * c.Units) + (gate * c.Units) + unit];

    private static double OfHidden(RecurrentCase c, int d, int gate, int unit, double[] h) =>
        Dot(c.R, Line(c, d, gate, unit), h) + c.B[(((d * 2) + 1) * c.Gates * c.Units) + (gate * c.Units) + unit];

    private static int Line(RecurrentCase c, int d, int gate, int unit) => (((d * c.Gates) + gate) * c.Units) + unit;

    private static double Dot(float[] matrix, int line, double[] vector)
    {
        double sum = 0;
        for (int i = 0; i < vector.Length; i++)
            sum += matrix[(line * vector.Length) + i] * vector[i];
        return sum;
    }

    private static double[] Row(float[] values, int row, int length) =>
        [.. values.Skip(row * length).Take(length).Select(v => (double)v)];

    private static double[] Map(int count, Func<int, double> of) => [.. Enumerable.Range(0, count).Select(of)];

    private static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
}
