using Evenkeel.Cli;
using Evenkeel.Cli.Terminal;

using var interruption = Interruption.Listen();
return Tool.Run(args, Console.Out, Console.Error);
