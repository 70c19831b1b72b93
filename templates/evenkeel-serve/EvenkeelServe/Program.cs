using Evenkeel;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string file = builder.Configuration["Model"] ?? "model.safetensors";
if (!File.Exists(file))
{
    Console.Error.WriteLine($"{file}: there is no such model; give one with --Model FILE.");
    return 1;
}

// One predictor answers all requests at once.
using Model model = Model.Load(file);
using Predictor predictor = model.CreatePredictor();

WebApplication app = builder.Build();
app.MapGet(
    "/",
    () =>
        new
        {
            Model = file,
            Input = predictor.InputShape.ToString(),
            Output = predictor.OutputShape.ToString(),
        }
);

// POST /predict with the values of one example, such as [0, 0.5, ...], is answered with {"class": 7, "probability": 0.98}.
app.MapPost(
    "/predict",
    (float[] example) =>
        example.Length == predictor.InputShape.Count
            ? Results.Ok(predictor.Classify(example))
            : Results.Problem(
                $"An example has {predictor.InputShape.Count} values, not {example.Length}.",
                statusCode: 400
            )
);
app.Run();
return 0;
