using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Reference;

/// <summary>Cells of recurrent networks.</summary>
internal static partial class ReferenceBackend
{
    private static void AddRecurrent()
    {
        Add<LstmCellForward>(Lstm);
        Add<LstmCellBackward>(Lstm);
        Add<NormalizedLstmForward>(
            (s, m) =>
            {
                Normalize(s.X, m);
                Normalize(s.H, m);
                Lstm(s.Cell, m);
            }
        );
        Add<LstmCellGradientSums>(
            (s, m) =>
            {
                Lstm(s.Cell, m);
                foreach ((NormBackward norm, BufferId sums) in (NormSums[])[s.X, s.H])
                    m[sums] = SumsOf(norm, m, m[s.Cell.Gradients.X]);
            }
        );
        Add<GruCellForward>(Gru);
        Add<GruCellBackward>(Gru);
    }

    private static void Lstm(LstmCellForward s, ReferenceMemory m)
    {
        double[] a = Zip(m[s.Operands.X], m[s.Operands.H], (x, h) => x + h);
        double[] i = [.. Gate(a, 0, 4, s.Units).Select(Logistic)],
            f = [.. Gate(a, 1, 4, s.Units).Select(Logistic)],
            g = [.. Gate(a, 2, 4, s.Units).Select(Math.Tanh)];
        m[s.Output] = [.. Gate(a, 3, 4, s.Units).Select(Logistic)];
        m[s.Next] = [.. m[s.Operands.State].Select((c, at) => (f[at] * c) + (i[at] * g[at]))];
        m[s.Gates] = Gates(s.Units, i, f, g);
    }

    private static void Lstm(LstmCellBackward s, ReferenceMemory m)
    {
        double[] kept = m[s.Kept.X],
            o = m[s.Kept.H],
            c = m[s.Kept.State],
            d = m[s.DNext],
            output = m[s.DOutput];
        double[] i = Gate(kept, 0, 3, s.Units),
            f = Gate(kept, 1, 3, s.Units),
            g = Gate(kept, 2, 3, s.Units);
        double[] gradient = Gates(
            s.Units,
            [.. d.Select((v, at) => v * g[at] * i[at] * (1 - i[at]))],
            [.. d.Select((v, at) => v * c[at] * f[at] * (1 - f[at]))],
            [.. d.Select((v, at) => v * i[at] * (1 - (g[at] * g[at])))],
            [.. output.Select((v, at) => v * o[at] * (1 - o[at]))]
        );
        m[s.Gradients.X] = gradient;
        m[s.Gradients.H] = [.. gradient];
        m[s.Gradients.State] = Zip(d, f, (v, forget) => v * forget);
    }

    private static void Gru(GruCellForward s, ReferenceMemory m)
    {
        double[] x = m[s.Operands.X],
            u = m[s.Operands.H],
            h = m[s.Operands.State];
        double[] sum = Zip(x, u, (a, b) => a + b);
        double[] r = [.. Gate(sum, 0, 3, s.Units).Select(Logistic)],
            z = [.. Gate(sum, 1, 3, s.Units).Select(Logistic)],
            own = Gate(u, 2, 3, s.Units);
        double[] n = [.. Gate(x, 2, 3, s.Units).Select((v, at) => Math.Tanh(v + (r[at] * own[at])))];
        m[s.Next] = [.. h.Select((v, at) => ((1 - z[at]) * n[at]) + (z[at] * v))];
        m[s.Gates] = Gates(s.Units, r, z, n);
    }

    private static void Gru(GruCellBackward s, ReferenceMemory m)
    {
        double[] kept = m[s.Kept.X],
            h = m[s.Kept.State],
            d = m[s.DNext];
        double[] r = Gate(kept, 0, 3, s.Units),
            z = Gate(kept, 1, 3, s.Units),
            n = Gate(kept, 2, 3, s.Units),
            own = Gate(m[s.Kept.H], 2, 3, s.Units);
        double[] dn = [.. d.Select((v, at) => v * (1 - z[at]) * (1 - (n[at] * n[at])))],
            dr = [.. dn.Select((v, at) => v * own[at] * r[at] * (1 - r[at]))],
            dz = [.. d.Select((v, at) => v * (h[at] - n[at]) * z[at] * (1 - z[at]))];
        m[s.Gradients.X] = Gates(s.Units, dr, dz, dn);
        m[s.Gradients.H] = Gates(s.Units, dr, dz, Zip(dn, r, (a, b) => a * b));
        m[s.Gradients.State] = Zip(d, z, (a, b) => a * b);
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    // One gate of rows that hold several, and the way back.
    private static double[] Gate(double[] rows, int gate, int gates, int units) =>
        [
            .. Enumerable
                .Range(0, rows.Length / gates)
                .Select(at => rows[(at / units * gates * units) + (gate * units) + (at % units)]),
        ];

    private static double[] Gates(int units, params double[][] gates) =>
        [
            .. Enumerable
                .Range(0, gates[0].Length / units)
                .SelectMany(row => gates.SelectMany(g => g.AsSpan(row * units, units).ToArray())),
        ];
}
