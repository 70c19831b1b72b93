using System.Globalization;
using Evenkeel.Bench.LibTorch;
using LibTorchPeer;
using static TorchSharp.torch;

bool batchNorm = !args.Contains("--no-bn");
string[] words = [.. args.Where(a => a != "--no-bn")];
switch (words)
{
    case ["time", var name, var batch, var threads]:
        set_num_threads(Number(threads));
        random.manual_seed(0);
        PeerNetwork network = PeerNetwork.Create(name, batchNorm);
        network.PutChannelsLast();
        var (inputs, labels) = network.RandomBatch(Number(batch));
        var step = new TrainingStep(network, inputs, labels);
        StepLoop.Serve($"libtorch {__version__}", network.ParameterCount, step.Run, Console.In, Console.Out);
        return 0;
    case ["check", var name, var given, var single, var exact]:
        Dictionary<string, Tensor> tensors = SafeTensorsFile.Load(given);
        Gradients.Write(PeerNetwork.Create(name, batchNorm), tensors, ScalarType.Float32, single);
        Gradients.Write(PeerNetwork.Create(name, batchNorm), tensors, ScalarType.Float64, exact);
        return 0;
    default:
        Console.Error.WriteLine(
            """
            time  NETWORK BATCH THREADS [--no-bn]       times N training steps for each number N on a line of the input
            check NETWORK GIVEN SINGLE EXACT [--no-bn]  writes the gradients of one step in float32 and in float64

            Networks: mnist, resnet20, bn-inception, lstm-rows, lstm-pixels. GIVEN, SINGLE and EXACT are safetensors files.
            """
        );
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
