using System.Net;
using System.Text.RegularExpressions;
using Evenkeel.Watch.Tests.Support;

namespace Evenkeel.Watch.Tests;

public sealed partial class ServerTests
{
    [Fact]
    public async Task The_page_shows_a_run_and_allows_nothing_from_elsewhere()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "done");
        reader.WaitFor("norms-0", "few updates");
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(server.Address);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Training run digits-1", page, StringComparison.Ordinal);
        Assert.Contains("step 20 of 20", page, StringComparison.Ordinal);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        string nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.Equal(32, nonce.Length);
        Assert.All(
            Blocks().Matches(page),
            tag => Assert.Contains($"nonce=\"{nonce}\"", tag.Value, StringComparison.Ordinal)
        );
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Empty(InlineCode().Matches(page));
        Assert.Empty(Outside().Matches(page));
    }

    [Fact]
    public void It_listens_on_the_loopback_address_alone()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        Assert.Equal("127.0.0.1", server.Address.Host);
        foreach (
            IPEndPoint listener in System
                .Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties()
                .GetActiveTcpListeners()
                .Where(l => l.Port == server.Address.Port)
        )
            Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}");
    }

    [Fact]
    public void What_is_not_behind_the_token_is_not_found()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("norms-0", "few updates");
        string token = server.Token;
        string other = (token[0] == '0' ? '1' : '0') + token[1..];
        Assert.Equal(200, RawHttp.Status(server.Address, $"/{token}/"));
        Assert.Equal(200, RawHttp.Status(server.Address, $"/{token}/layer/0/0"));
        string[] wrong =
        [
            "/",
            "//",
            $"/{token}",
            $"/{other}/",
            $"/{token[..^1]}/",
            $"/{token}0/",
            $"/{token.ToUpperInvariant()}x/",
            $"/{other}/events",
            $"/{token}/run.json",
            $"/{token}/../run.json",
            $"/{token}/..%2f..%2fetc/passwd",
            $"/{token}/layer/0/../../run.json",
            $"/{token}/layer/0/..%2frun.json",
            $"/{token}/layer/1/0",
            $"/{token}/layer/-1/0",
            $"/{token}/layer/0/99",
            $"/{token}/layer/0/-1",
            $"/{token}/layer/0/99999999999999999999",
            $"/{token}/events/",
            "/etc/passwd",
        ];
        Assert.All(wrong, target => Assert.Equal(404, RawHttp.Status(server.Address, target)));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("10.0.0.1")]
    public void Another_name_of_the_host_is_refused(string host)
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        Assert.Equal(421, RawHttp.Status(server.Address, server.Address.AbsolutePath, host));
        Assert.Equal(421, RawHttp.Status(server.Address, "/", host));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    public void It_only_reads(string method)
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        Assert.Equal(405, RawHttp.Status(server.Address, server.Address.AbsolutePath, method: method));
    }

    [Fact]
    public async Task Names_of_runs_are_text_and_no_code()
    {
        using var run = new RecordedRun("<img src=x onerror=alert(1)>");
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var client = new HttpClient();
        string page = await client.GetStringAsync(server.Address);
        Assert.Contains("Training run &lt;img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_is_told()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        Assert.Throws<IOException>(() => WatchServer.Start([run.Folder], server.Address.Port));
    }

    [GeneratedRegex("script-src 'nonce-([0-9A-F]+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<(script|style)[^>]*>")]
    private static partial Regex Blocks();

    [GeneratedRegex("""<[a-z][^>]*\s(on[a-z]+|style)=""")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""(src|href)=|https?:|@import|url\((?!#)""")]
    private static partial Regex Outside();
}
