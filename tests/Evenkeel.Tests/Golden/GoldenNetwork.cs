using System.Globalization;
using System.Text;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Golden;

/// <summary>A convolutional network's run computed by PyTorch in double precision (tests/golden/README.md).</summary>
internal sealed class GoldenNetwork : IDisposable
{
    private readonly SafeTensorsReader _file;

    public GoldenNetwork(string name)
    {
        _file = SafeTensorsReader.Open(GoldenRun.PathOf(name));
        int size = (int)Number("size");
        Graph =
            name == "bn_inception"
                ? BnInception.Create(
                    new BnInceptionOptions
                    {
                        Size = size,
                        Classes = 10,
                        Width = 0.125,
                    }
                )
                : CifarResNet.Create(size: size, channels: 8);
        (float[] images, int[] labels) = Read(2 * Batch);
        Images = images;
        Labels = labels;
    }

    public Graph Graph { get; }

    public int Batch => (int)Number("batch");

    /// <summary>Two batches, in our order [height, width, colours].</summary>
    public float[] Images { get; }

    public int[] Labels { get; }

    public double[] Losses => Doubles("losses", (int)Number("steps"));

    public double Number(string metadata) => double.Parse(_file.Metadata[metadata], CultureInfo.InvariantCulture);

    public double[] Doubles(string name, int count)
    {
        double[] values = new double[count];
        _file.ReadFloat64(name, values);
        return values;
    }

    /// <summary>A tensor's values in our order.</summary>
    public double[] Doubles(string prefix, NamedTensor tensor) =>
        GoldenRun.InOurOrder(tensor.Spec, Doubles(prefix + tensor.Name, tensor.Spec.Count));

    /// <summary>The initial values, which both sides compute: a hash of name, seed and index, scaled by what the tensor is.</summary>
    public Model InitialModel()
    {
        Model model = Model.Create(Graph, seed: 1);
        foreach (NamedTensor tensor in model.Layout.Tensors.Select(t => t.Tensor).Where(t => t.Spec.Trainable))
        {
            (double centre, double bound) = Range(tensor);
            double[] hashed = Hashed(tensor.Name, (ulong)Number("seed"), tensor.Spec.Count);
            double[] values = GoldenRun.InOurOrder(tensor.Spec, Array.ConvertAll(hashed, h => centre + (bound * h)));
            Array.ConvertAll(values, v => (float)v).CopyTo(model.Floats(tensor.Name));
        }

        return model;
    }

    public void Dispose() => _file.Dispose();

    // make_network_golden.py: the bounds given to tensor().
    private (double Centre, double Bound) Range(NamedTensor tensor)
    {
        bool weight = tensor.Name.EndsWith(".weight", StringComparison.Ordinal);
        int inputs = tensor.Spec.Count / tensor.Spec.Dimensions[^1];
        return Graph[tensor.Name[..tensor.Name.LastIndexOf('.')]].Layer switch
        {
            BatchNorm => weight ? (0.5, 0.125) : (0.75, 0.25),
            Conv2d => (0, Math.Sqrt(6.0 / inputs)),
            _ => (0, weight ? Math.Sqrt(1.0 / inputs) : 0.1),
        };
    }

    // make_network_golden.py, values(): splitmix64 of FNV-1a of the name, of the seed and of the index, in [-1, 1).
    private static double[] Hashed(string name, ulong seed, int count)
    {
        ulong key = 0xCBF29CE484222325;
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
            key = (key ^ letter) * 0x100000001B3;
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            ulong z = key + seed + ((ulong)(i + 1) * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[i] = ((z >> 40) / (double)(1 << 23)) - 1;
        }

        return values;
    }

    private (float[] Images, int[] Labels) Read(int count)
    {
        byte[] bytes = new byte[count * Graph.Input.Shape.Count];
        _file.ReadBytes("images", bytes);
        long[] labels = new long[count];
        _file.ReadInt64("labels", labels);
        return (Array.ConvertAll(bytes, b => (b - 128) / 64f), Array.ConvertAll(labels, l => (int)l));
    }
}
