using System.Text.Json;
using Evenkeel.Cli.Claims;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceClaimsTests
{
    // Those that take no training: figures that do not depend on the scale.
    private const string Exact = "4,9,17,18";

    [Fact]
    public void Exact_claims_hold_and_leave_report_page_and_pictures()
    {
        using var work = new Workspace();
        string folder = work.File("claims");
        JsonElement[] claims = Claims(folder, Exact);
        Assert.Equal([4, 9, 17, 18], claims.Select(c => c.GetProperty("number").GetInt32()));
        Assert.All(claims, c => Assert.Equal("holds", c.GetProperty("verdict").GetString()));
        string page = File.ReadAllText(Path.Combine(folder, "claims.md"));
        foreach (string picture in (string[])["claim-09-1.svg", "claim-17-1.svg", "claim-17-2.svg"])
        {
            Assert.StartsWith("<svg", File.ReadAllText(Path.Combine(folder, picture)), StringComparison.Ordinal);
            Assert.Contains($"(images/claims/{picture})", page, StringComparison.Ordinal);
        }

        string report = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.All(claims, c => Assert.Contains($"claim-{c.GetProperty("number")}", page, StringComparison.Ordinal));
        Assert.Contains("17. The bias over training", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_that_is_measured_later_joins_those_that_are_there()
    {
        using var work = new Workspace();
        string folder = work.File("claims");
        Claims(folder, "18");
        Claims(folder, "4");
        string page = File.ReadAllText(Path.Combine(folder, "claims.md"));
        Assert.Contains("## Claim 4", page, StringComparison.Ordinal);
        Assert.Contains("## Claim 18", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_and_a_second_time_change_no_figure()
    {
        using var work = new Workspace();
        string one = Summary("1"),
            two = Summary("2");
        Assert.Equal(one, two);

        string Summary(string threads) =>
            Claims(work.File(threads), "2", "--threads", threads)[0].GetProperty("summary").GetString()!;
    }

    [Fact]
    public void A_file_that_is_no_claim_is_named_before_anything_is_measured()
    {
        using var work = new Workspace();
        string folder = work.File("claims");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "claim-07.json"), "{}");
        string error = Shell.Run("reproduce", "claims", "--only", "18", "--out", folder).Expect(2).ErrorLine;
        Assert.Contains("claim-07.json: not a measured claim", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "claim-18.json")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("23")]
    [InlineData("12-10")]
    [InlineData("7,")]
    [InlineData("1-2-3")]
    [InlineData("seven")]
    public void What_is_no_list_of_claims_is_refused(string only) =>
        Assert.Contains(
            $"--only: name claims from 1 to 22, such as 7,10-12, not '{only}'",
            Shell.Run("reproduce", "claims", "--only", only).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );

    [Fact]
    public void Numbers_are_read_in_order_and_once() =>
        Assert.Equal([3, 7, 10, 11, 12], ClaimNumbers.Read("10-12,7,3,11", 22));

    [Fact]
    public void Each_claim_has_its_number_and_says_what_where_and_when()
    {
        Assert.Equal(Enumerable.Range(1, 22), AllClaims.InOrder.Select(c => c.Number));
        foreach (Claim claim in AllClaims.InOrder)
        {
            Assert.All((string[])[claim.Statement, claim.Source, claim.Rule], text => Assert.True(text.Length > 5));
            Assert.EndsWith(".", claim.Statement, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_difference_counts_where_it_is_above_twice_its_standard_error()
    {
        var low = Spread.Of(0.50, 0.52, 0.54);
        Assert.Equal(0.52, low.Mean, 1e-12);
        Assert.Equal(0.02, low.Deviation, 1e-12);
        // The standard error of each mean is 0.02 / sqrt(3), of the difference 0.0163.
        Assert.True(Spread.Of(0.54, 0.56, 0.58).IsAbove(low));
        Assert.False(Spread.Of(0.53, 0.55, 0.57).IsAbove(low));
        Assert.False(Spread.Of(0.54, 0.56, 0.58).IsAbove(low, least: 0.05));
    }

    private static JsonElement[] Claims(string folder, string only, params string[] more) =>
        [
            .. Shell
                .Run([
                    "reproduce",
                    "claims",
                    "--only",
                    only,
                    "--json",
                    "--out",
                    folder,
                    .. more,
                    .. SmallDigits.Options,
                ])
                .Expect(0)
                .Json.GetProperty("claims")
                .EnumerateArray(),
        ];
}
