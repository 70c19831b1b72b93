using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Kernels.Threading;
using Evenkeel.Onnx;
using Evenkeel.Reporting;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class KnownErrorsTests
{
    private const string Line = "model.onnx: node 'conv1' is damaged; fetch it again.";

    /// <summary>Assemblies whose exceptions reach the tool.</summary>
    private static readonly Assembly[] Own =
    [
        typeof(Tool).Assembly,
        typeof(Model).Assembly,
        typeof(OnnxModel).Assembly,
        typeof(IDataset).Assembly,
        typeof(HtmlReport).Assembly,
        typeof(RunHost).Assembly,
        typeof(WorkerPool).Assembly,
    ];

    /// <summary>Those that a wrong command or configuration ends in; all others are about files and data.</summary>
    private static readonly Type[] Usage =
    [
        typeof(UsageException),
        typeof(ConfigurationException),
        typeof(GraphException),
        typeof(RunFolderException),
    ];

    public static TheoryData<Type> OwnTypes =>
        [
            .. Own.SelectMany(a => a.GetTypes()).Where(t => t.IsSubclassOf(typeof(Exception)) && t.IsVisible),
            typeof(UsageException),
        ];

    /// <summary>What reading and writing files, formats and the network may end in.</summary>
    public static TheoryData<Type> SystemTypes =>
        [
            typeof(IOException),
            typeof(FileNotFoundException),
            typeof(DirectoryNotFoundException),
            typeof(DriveNotFoundException),
            typeof(PathTooLongException),
            typeof(EndOfStreamException),
            typeof(FileLoadException),
            typeof(InvalidDataException),
            typeof(UnauthorizedAccessException),
            typeof(System.Security.SecurityException),
            typeof(FormatException),
            typeof(NotSupportedException),
            typeof(PlatformNotSupportedException),
            typeof(JsonException),
            typeof(OverflowException),
            typeof(OutOfMemoryException),
            typeof(InsufficientMemoryException),
            typeof(DllNotFoundException),
            typeof(HttpRequestException),
            typeof(TimeoutException),
        ];

    [Theory]
    [MemberData(nameof(OwnTypes))]
    public void Every_exception_of_ours_is_told_in_its_own_words(Type type)
    {
        (int code, string text) = Thrown((Exception)Activator.CreateInstance(type, Line)!);
        Assert.Equal($"evenkeel: {Line}\n", text);
        int expected =
            Usage.Contains(type) ? ExitCode.Usage
            : type == typeof(RunStoppedException) ? ExitCode.Stopped
            : ExitCode.Failed;
        Assert.Equal(expected, code);
    }

    [Theory]
    [MemberData(nameof(SystemTypes))]
    public void Every_foreseeable_exception_of_the_system_is_one_line(Type type)
    {
        (int code, string text) = Thrown((Exception)Activator.CreateInstance(type, "'/data/x'\nis not there.")!);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Single(text.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("bug in Evenkeel", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_of_ours_are_told_without_the_names_of_parameters()
    {
        Exception error = Assert.ThrowsAny<ArgumentException>(() =>
            new ArrayDataset("x.npy", [1, 2, 3], [5], [3], classes: 2)
        );
        Assert.Equal("evenkeel: x.npy: the label of example 0 is 5, outside 0 to 1.\n", Thrown(error).Text);
    }

    [Fact]
    public void What_nobody_foresaw_says_that_it_is_a_fault_and_how_to_see_more()
    {
        int[] none = [];
        foreach (Func<int> fault in (Func<int>[])[() => none[1], () => none.First(), () => ((string)null!).Length])
        {
            (int code, string text) = Thrown(fault);
            Assert.Equal(ExitCode.Failed, code);
            Assert.StartsWith("evenkeel: a bug in Evenkeel: ", text, StringComparison.Ordinal);
            Assert.Contains("set EVENKEEL_DEBUG=1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_several_errors_the_first_is_told() =>
        Assert.Equal(
            $"evenkeel: {Line}\n",
            Thrown(new AggregateException(new OnnxException(Line), new IOException("later"))).Text
        );

    [Fact]
    public void Places_in_JSON_are_counted_as_people_count()
    {
        Exception error = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse("{\n \"a\": x}"));
        Assert.Equal(
            "evenkeel: not valid JSON: 'x' is an invalid start of a value, at line 2, position 7.\n",
            Thrown(error).Text
        );
    }

    [Fact]
    public void A_very_long_message_is_one_line_that_can_be_read()
    {
        string text = Thrown(new OnnxException("model.onnx: " + new string('x', 389_000) + "; fetch it again.")).Text;
        Assert.InRange(text.Length, 1000, 2200);
        Assert.EndsWith("fetch it again.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_parameters_are_left_out_of_every_message()
    {
        foreach (
            Exception error in (Exception[])
                [
                    new UsageException("bad (Parameter 'batchSize')"),
                    new NotSupportedException("bad (Parameter 'batchSize')"),
                ]
        )
            Assert.Equal("evenkeel: bad\n", Thrown(error).Text);
    }

    [Theory]
    [InlineData(28, "Free some space or write to another disk")]
    [InlineData(27, "ulimit -f")]
    [InlineData(24, "ulimit -n")]
    public void A_limit_of_the_system_says_what_to_do_whatever_the_verb(int errno, string remedy)
    {
        (int code, string text) = Thrown(new IOException("Not possible : '/data/x.onnx'", errno));
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("evenkeel: Not possible : '/data/x.onnx'. ", text, StringComparison.Ordinal);
        Assert.Contains(remedy, text, StringComparison.Ordinal);
        Assert.DoesNotContain("train", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_permission_says_what_to_do()
    {
        (int code, string text) = Thrown(new UnauthorizedAccessException("Access to the path '/data' is denied."));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            "evenkeel: Access to the path '/data' is denied. Choose another folder or change its permissions.\n",
            text
        );
    }

    [Fact]
    public void Interruption_has_its_own_code() =>
        Assert.Equal(ExitCode.Interrupted, Thrown(new OperationCanceledException()).Code);

    private static (int Code, string Text) Thrown(Exception error) => Thrown(() => throw error);

    private static (int Code, string Text) Thrown(Func<int> body)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var writer = new StringWriter { NewLine = "\n" };
        Command verb = new Command("verb").WithBody((_, _) => body());
        int code = verb.Parse([])
            .Invoke(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = writer,
                    EnableDefaultExceptionHandler = false,
                }
            );
        Assert.Empty(output.ToString());
        return (code, writer.ToString());
    }
}
