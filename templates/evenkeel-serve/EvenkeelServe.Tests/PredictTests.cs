using System.Net;
using System.Net.Http.Json;
using Evenkeel;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

/// <summary>The service with a small model that is trained in a second.</summary>
public sealed class PredictTests(PredictTests.Service service) : IClassFixture<PredictTests.Service>
{
    [Fact]
    public async Task Digits_are_read_as_the_model_reads_them()
    {
        using HttpClient client = service.CreateClient();
        using Predictor predictor = service.Model.CreatePredictor();
        for (int i = 0; i < 10; i++)
        {
            float[] example = service.Test.Inputs(i).ToArray();
            HttpResponseMessage answer = await client.PostAsJsonAsync("/predict", example, Cancellation);
            Assert.Equal(
                predictor.Classify(example),
                await answer.Content.ReadFromJsonAsync<Classification>(Cancellation)
            );
        }
    }

    [Fact]
    public async Task An_example_of_another_size_is_refused()
    {
        using HttpClient client = service.CreateClient();
        HttpResponseMessage answer = await client.PostAsJsonAsync("/predict", new float[3], Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("An example has 784 values, not 3.", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public sealed class Service : WebApplicationFactory<Program>
    {
        private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "model.safetensors");

        public Service()
        {
            (IDataset train, Test) = Evenkeel.Digits.Generate();
            Model = Model.Create(Network.Input(784).Linear(10).BatchNorm(), seed: 1);
            Model.Train(train, new TrainingOptions { Steps = 200, LearningRate = 0.1 });
            Model.Save(_file);
        }

        public Model Model { get; }

        public IDataset Test { get; }

        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseSetting("Model", _file);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Model.Dispose();
            Directory.GetParent(_file)!.Delete(recursive: true);
        }
    }
}
