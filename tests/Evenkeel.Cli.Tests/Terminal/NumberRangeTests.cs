using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

/// <summary>Every number of every verb is held against its range before anything is done, and told in one line.</summary>
public sealed class NumberRangeTests
{
    private static readonly string[] Never =
    [
        "",
        "x",
        "1x",
        "NaN",
        "-1",
        "-99999999999999999999999",
        "1e400",
        "Infinity",
        "0x10",
        "\u0663",
        "1,000",
        "1 2",
    ];

    private static readonly string[] NeverWhole = ["1.5", "1e3", "99999999999999999999999"];

    public static TheoryData<string, string> Numbers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string verb in CommandTree.Verbs)
            {
                foreach (Option option in CommandTree.Find(verb).Options.Where(o => IsNumber(Inner(o))))
                    data.Add(verb, option.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_out_of_range_is_told_with_the_range(string verb, string name)
    {
        bool real = Inner(CommandTree.Find(verb).Options.Single(o => o.Name == name)) == typeof(double);
        foreach (string number in (string[])[.. Never, .. real ? [] : NeverWhole])
        {
            string line = Shell.Run([.. CommandTree.Complete(verb), name, number]).Expect(ExitCode.Usage).ErrorLine;
            Assert.StartsWith(
                $"evenkeel: {name}: it must be a {(real ? "" : "whole ")}number, ",
                line,
                StringComparison.Ordinal
            );
            Assert.EndsWith(
                $", not '{CleanText.Of(number)}'. See 'evenkeel {verb} --help'.",
                line,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_locale()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = german;
        try
        {
            Option<double> option = new Option<double>("--x").Within(0.0, 10);
            Assert.Equal(
                1.5,
                new Command("verb") { option }
                    .Parse(["--x", "1.5"])
                    .GetValue(option)
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Type Inner(Option option)
    {
        Type type = option.ValueType.IsArray ? option.ValueType.GetElementType()! : option.ValueType;
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    private static bool IsNumber(Type type) =>
        type == typeof(double)
        || type == typeof(float)
        || type == typeof(int)
        || type == typeof(long)
        || type == typeof(ulong)
        || type == typeof(uint);
}
