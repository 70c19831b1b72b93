using System.Text.Json;
using System.Text.Json.Serialization;
using Evenkeel;
using Microsoft.AspNetCore.Mvc;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string file = builder.Configuration["Model"] ?? "model.safetensors";
if (!File.Exists(file))
{
    Console.Error.WriteLine($"{file}: file not found. Name a model with --Model FILE.");
    return 1;
}

// One predictor answers all requests at the same time.
using Model model = Model.Load(file);
using Predictor predictor = model.CreatePredictor();

builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, Messages.Default));
WebApplication app = builder.Build();
app.MapGet("/", () => new About(file, $"{predictor.InputShape}", $"{predictor.OutputShape}"));

// POST /predict takes the values of one example, such as [0, 0.5, ...], and answers {"class": 7, "probability": 0.98}.
app.MapPost(
    "/predict",
    ([FromBody] float[] example) =>
        example.Length == predictor.InputShape.Count
            ? Results.Ok(predictor.Classify(example))
            : Results.Problem(
                $"An example has {predictor.InputShape.Count} values, not {example.Length}.",
                statusCode: 400
            )
);
app.Run();
return 0;

internal sealed record About(string Model, string Input, string Output);

// What is read and written as JSON, so that the service can be published as machine code: -p:PublishAot=true.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(float[])), JsonSerializable(typeof(Classification))]
[JsonSerializable(typeof(About)), JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class Messages : JsonSerializerContext;
