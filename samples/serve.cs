#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Evenkeel/Evenkeel.csproj
using System.Text.Json.Serialization;
using Evenkeel;

// Sends itself a thousand requests. Then it serves at the address in the argument, such as http://0.0.0.0:8080; without an argument it ends.
(IDataset train, IDataset test) = Digits.Generate();
using Model model = Model.Create(Network.Input(784).Linear(100).Relu().Linear(10).InsertBatchNorm(), seed: 1);
model.Train(train);

// One predictor answers all requests at the same time. Each call uses one thread, so requests share the cores.
using Predictor predictor = model.CreatePredictor(maxBatch: 1, threads: 1);
int pixels = predictor.InputShape.Count;
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, Messages.Default));
await using WebApplication app = builder.Build();
app.MapPost("/read", (Digit d) => d.Pixels?.Length == pixels ? Results.Ok(predictor.Classify(d.Pixels)) : Refuse(d));
app.Urls.Add(args.Length > 0 ? args[0] : "http://127.0.0.1:0");
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
bool[] right = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(Ask));
Console.WriteLine($"{right.Count(ok => ok)} of {right.Length} digits sent over HTTP are classified correctly");
if (args.Length > 0)
    await app.WaitForShutdownAsync();

IResult Refuse(Digit digit) => Results.BadRequest($"A digit has {pixels} pixels, not {digit.Pixels?.Length ?? 0}.");

async Task<bool> Ask(int i)
{
    var answer = await client.PostAsJsonAsync("/read", new Digit(test.Inputs(i)), Messages.Default.Digit);
    return (await answer.Content.ReadFromJsonAsync(Messages.Default.Classification)).Class == test.Label(i);
}

internal sealed record Digit(float[]? Pixels);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(Digit)), JsonSerializable(typeof(Classification)), JsonSerializable(typeof(string))]
internal sealed partial class Messages : JsonSerializerContext;
