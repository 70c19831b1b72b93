using System.CommandLine;
using Evenkeel.Cli.Experiments.Doctor;
using Evenkeel.Cli.Terminal;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce doctor</c>: the doctor's answers beside what was done to networks.</summary>
internal static class ReproduceDoctorCommand
{
    private static readonly string[] Known = ["flat", "conv", "resnet"];

    private static readonly Option<string> Networks = new("--networks")
    {
        Description =
            "Networks, separated by commas: flat, conv (on digits), resnet (on shapes, trained on padded crops)",
        DefaultValueFactory = _ => string.Join(',', Known),
    };

    private static readonly Option<string?> Mnist = new("--mnist")
    {
        Description = "A folder with MNIST's four files: also train flat and conv on MNIST",
    };

    private static readonly Option<int> Seeds = new Option<int>("--seeds")
    {
        Description = "Networks of each kind",
        DefaultValueFactory = _ => 3,
    }.Within(1, 10_000);

    private static readonly Option<long> Steps = new Option<long>("--steps")
    {
        Description = "Training steps of each",
        DefaultValueFactory = _ => 400,
    }.Within(1, NumberRange.MaxSteps);

    private static readonly Option<int> Threads = NumberRange.Threads();

    public static Command Create() =>
        new Command("doctor", "Damage networks in many ways and count the doctor's answers")
        {
            Networks,
            Mnist,
            Seeds,
            Steps,
            Threads,
        }.WithStoppableBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        DoctorNetwork[] networks = Read(parse);
        List<DoctorAnswer> answers = Answers(parse, context, networks);
        context.WriteTable(TextTable.Of(ConfusionTable.Rows(answers)));
        context.WriteLine(
            Invariant(
                $"{answers.Count} answers, {answers.Count(a => a.IsWrong)} wrong; {parse.GetValue(Steps)} steps, {parse.GetValue(Seeds)} seeds; {string.Join("; ", networks.Select(n => n.Name))}"
            )
        );
        context.WriteJson(writer => ConfusionTable.WriteJson(writer, answers));
        return ExitCode.Done;
    }

    private static List<DoctorAnswer> Answers(ParseResult parse, CommandContext context, DoctorNetwork[] networks)
    {
        int seeds = parse.GetValue(Seeds),
            each = DoctorDamage.All.Count;
        return context.Progress.Follow(
            "diagnosing",
            "networks",
            networks.Length * seeds * each,
            task =>
            {
                var answers = new List<DoctorAnswer>();
                foreach (DoctorNetwork network in networks)
                {
                    for (int seed = 1; seed <= seeds; seed++)
                    {
                        int before = answers.Count;
                        answers.AddRange(
                            DoctorMatrix.Run(
                                network,
                                parse.GetValue(Steps),
                                (ulong)seed,
                                parse.GetValue(Threads),
                                done => task.Report(before + done),
                                context.Cancellation
                            )
                        );
                    }
                }

                return answers;
            }
        );
    }

    private static DoctorNetwork[] Read(ParseResult parse)
    {
        string[] names = parse.GetValue(Networks)!.Split(',', StringSplitOptions.TrimEntries);
        if (Array.Find(names, n => !Known.Contains(n)) is { } unknown)
            throw new UsageException($"--networks: '{unknown}' is not one of {string.Join(", ", Known)}.");
        IEnumerable<DoctorNetwork> own = names.Select(n => DoctorNetwork.Create(n, null));
        return parse.GetValue(Mnist) is { } folder
            ? [.. own, .. names.Where(n => n != "resnet").Select(n => DoctorNetwork.Create(n, folder))]
            : [.. own];
    }
}
