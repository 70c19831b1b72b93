using System.CommandLine;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce</c>: experiments, each by one command with its picture.</summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        var command = new Command("reproduce", "Run an experiment and draw its figure");
        command.Subcommands.Add(ReproduceMnistCommand.Create());
        command.Subcommands.Add(ReproduceInceptionCommand.Create());
        command.Subcommands.Add(ReproduceRepairCommand.Create());
        command.Subcommands.Add(ReproduceDoctorCommand.Create());
        return command;
    }
}
