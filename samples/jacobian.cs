#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Diagnostics;

// How much do eight layers stretch gradients that go back through them, one by one?
(_, IDataset test) = Digits.Generate();
foreach (bool batchNorm in (bool[])[false, true])
{
    Network plain = Network.Input(784);
    for (int layer = 1; layer <= 8; layer++)
        plain.Linear(64).Sigmoid($"units{layer}");
    Graph network = batchNorm ? plain.Linear(10).InsertBatchNorm() : plain.Linear(10).Build();
    using Model model = Model.Create(network, seed: 1);
    for (int layer = 1; layer < 8; layer++)
    {
        // From what one sigmoid reads to what the next one reads, at 4 of 100 examples.
        string from = model.Graph[$"units{layer}"].Inputs[0],
            to = model.Graph[$"units{layer + 1}"].Inputs[0];
        using var probe = new JacobianProbe(model, test.Take(100), from, to, new JacobianOptions { Examples = 4 });
        double mean = probe.Run().Average(spectrum => spectrum.RootMeanSquare);
        Console.WriteLine($"{(batchNorm ? "with" : "without")} batch normalisation, layer {layer}: {mean:F3}");
    }
}
