#:project ../src/Evenkeel/Evenkeel.csproj
using System.Numerics.Tensors;
using Evenkeel;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Optimizers;

// One weight per value: y = w x, for each example. Gradients of the parameters are added up over the batch.
var gate = new CustomLayer(
    "gate",
    (x, w, y) => TensorPrimitives.Multiply(x, w, y),
    (x, w, dy, dx, dw) =>
    {
        TensorPrimitives.Multiply(dy, w, dx);
        TensorPrimitives.MultiplyAdd(dy, x, dw, dw);
    }
)
{
    ParameterCount = input => input.Count,
    Initializer = new ConstantInitializer(1),
};

// Gradient descent that uses only the sign of the gradient: p -= rate * sign(g).
var signs = new CustomOptimizer(
    "signs",
    step =>
    {
        for (int i = 0; i < step.Parameters.Length; i++)
            step.Parameters[i] -= step.Rate * MathF.Sign(step.Gradients[i]);
    }
);
(IDataset train, IDataset test) = Digits.Generate();
Graph network = Network.Input(784).Add(gate, "gate").Linear(50).BatchNorm().Relu().Linear(10).Build();
using Model model = Model.Create(network, seed: 1);
model.Train(train, new TrainingOptions { LearningRate = 0.001, Optimizer = signs });
string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "gated.safetensors");
model.Save(file);
using Model read = Model.Load(file, network); // the file holds the parameters; the program holds the code
Console.WriteLine($"accuracy {read.Evaluate(test).Accuracy:F3}");
