using System.CommandLine;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Commands;

internal static class TrainCommand
{
    public static Command Create() => new Command("train", "Train a network").WithBody((parse, context) => 0);
}
