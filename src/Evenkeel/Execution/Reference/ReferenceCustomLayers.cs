using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Reference;

/// <summary>Layers that are the caller's code, which computes in floats on any device.</summary>
internal static partial class ReferenceBackend
{
    private static void AddCustomLayers()
    {
        Add<CustomLayerForward>(
            (s, m) =>
            {
                float[] y = new float[m[s.Y].Length];
                s.Run(m.Batch, Singles(m, s.X), Singles(m, s.Parameters), y);
                m[s.Y] = Doubles(y);
            }
        );
        Add<CustomLayerBackward>(
            (s, m) =>
            {
                float[] x = Singles(m, s.X),
                    parameters = Singles(m, s.Parameters),
                    dx = new float[x.Length],
                    dParameters = new float[parameters.Length];
                s.Run(m.Batch, x, parameters, Singles(m, s.DY), dx, dParameters);
                m[s.DX] = Doubles(dx);
                if (s.DParameters is { } learned)
                    m[learned] = Doubles(dParameters);
            }
        );
    }

    private static float[] Singles(ReferenceMemory m, BufferId? buffer) => buffer is { } some ? Rounded(m[some]) : [];

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
