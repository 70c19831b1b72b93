using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceDoctorTests
{
    [Fact]
    public void No_damage_is_missed_misnamed_or_made_up()
    {
        string[] small = ["--networks", "flat,conv", "--seeds", "1", "--steps", "200", "--threads", "1"];
        JsonElement json = Shell.Run(["reproduce", "doctor", .. small, "--json"]).Expect(0).Json;
        Assert.Equal(40, json.GetProperty("answers").GetInt32());
        Assert.All(
            json.GetProperty("cases").EnumerateArray(),
            c => Assert.False(c.GetProperty("wrong").GetBoolean(), c.ToString())
        );
    }

    [Theory]
    [InlineData("--networks", "deep", "--networks: 'deep' is not one of flat, conv, resnet.")]
    [InlineData("--steps", "0", "--steps: it must be a whole number, 1 to ")]
    [InlineData("--threads", "0", "--threads: it must be a whole number, 1 to 1024, not '0'")]
    public void Wrong_options_are_told(string option, string value, string message) =>
        Assert.Contains(
            message,
            Shell.Run("reproduce", "doctor", option, value).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );
}
