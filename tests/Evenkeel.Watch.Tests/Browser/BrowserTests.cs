using Evenkeel.Watch.Tests.Support;

namespace Evenkeel.Watch.Tests.Browser;

/// <summary>The page as a reader's browser shows it.</summary>
public sealed class BrowserTests
{
    [Fact]
    public void The_page_follows_a_run_without_being_loaded_again()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using Chromium browser = Chromium.Start();
        browser.Open(server.Address, 1280);
        browser.WaitFor("document.getElementById('connection').textContent.startsWith('Live')");
        browser.WaitFor("document.getElementById('loss').querySelector('svg') !== null");
        browser.Value("window.mark = 1");
        run.Log(
            """{"step":21,"loss":0.0625,"learningRate":0.05}""",
            """{"step":25,"accuracy":0.875,"validationLoss":0.5}"""
        );
        browser.WaitFor("document.getElementById('overview').innerText.includes('87.50%')");
        browser.WaitFor("window.mark === 1");
        server.Dispose();
        browser.WaitFor("document.getElementById('connection').textContent.startsWith('Not connected')");
        browser.WaitFor("document.getElementById('overview').innerText.includes('87.50%')");
    }

    [Fact]
    public void A_layer_is_chosen_with_the_keyboard()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using Chromium browser = Chromium.Start();
        browser.Open(server.Address, 1280);
        browser.WaitFor("document.querySelectorAll('#charts-0 svg').length === 1");
        browser.WaitFor("document.querySelector('#charts-0 svg title').textContent.startsWith('Input of')");
        browser.Value("document.getElementById('options-0').focus()");
        browser.Press("End", 35);
        browser.WaitFor("document.querySelectorAll('#charts-0 svg').length === 2");
        browser.WaitFor(
            "document.querySelectorAll('#charts-0 svg title')[1].textContent.startsWith('Running variance')"
        );
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData(375, "light")]
    [InlineData(375, "dark")]
    [InlineData(1280, "dark")]
    public void Nothing_is_wider_than_the_window(int width, string scheme)
    {
        using var first = new RecordedRun("plain");
        using var second = new RecordedRun("a-run-with-a-name-that-is-much-longer-than-others-are");
        using WatchServer server = WatchServer.Start([first.Folder, second.Folder]);
        using Chromium browser = Chromium.Start();
        browser.Open(server.Address, width, scheme: scheme);
        browser.WaitFor("document.querySelectorAll('#charts-1 svg').length === 1");
        Assert.InRange(browser.Value("document.documentElement.scrollWidth")!.GetValue<int>(), 1, width);
        string ground = browser.Value("getComputedStyle(document.body).backgroundColor")!.ToString();
        Assert.Equal(scheme == "dark" ? "rgb(15, 18, 22)" : "rgb(246, 247, 249)", ground);
    }

    [Fact]
    public void Everything_has_a_name_for_those_who_do_not_see_it()
    {
        using var run = new RecordedRun();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using Chromium browser = Chromium.Start();
        browser.Open(server.Address, 1280);
        browser.WaitFor("document.querySelectorAll('#charts-0 svg').length === 1");
        browser.WaitFor("document.getElementById('announced').textContent.includes('accuracy')");
        const string Nameless = """
            [...document.querySelectorAll('svg, select, [role=region]')].filter(e =>
              !(e.getAttribute('aria-label') || e.labels?.length ||
                e.getAttribute('aria-labelledby')?.split(' ').every(id => document.getElementById(id)?.textContent))).length
            """;
        Assert.Equal(0, browser.Value(Nameless)!.GetValue<int>());
        const string Repeated = """
            (ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))
            """;
        Assert.Equal(0, browser.Value(Repeated)!.GetValue<int>());
        // Every chart has its values as a table beside it.
        Assert.Equal(
            0,
            browser
                .Value(
                    "[...document.querySelectorAll('.panel')].filter(p => p.querySelector('svg') && !p.querySelector('details table')).length"
                )!
                .GetValue<int>()
        );
        Assert.Equal(
            "[\"H1\",\"H2\"]",
            browser
                .Value("[...new Set([...document.querySelectorAll('h1,h2,h3')].map(e => e.tagName))]")!
                .ToJsonString()
        );
        Assert.Empty(browser.Complaints);
    }
}
