using Evenkeel.Cli;
using Evenkeel.Cli.Terminal;

WiderBuild.Become(args);
TerminalConsole.LeaveToLauncher();
StandardStreams.Guard();
if (SystemLimits.Refusal() is { } refusal)
{
    Console.Error.WriteLine($"evenkeel: {refusal}");
    return ExitCode.Failed;
}

SystemLimits.KeepFromKilling();
using var interruption = Interruption.Listen();
return Tool.Run(args, Console.Out, Console.Error);
