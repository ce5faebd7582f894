using System.Text.Json;
using Spectre.Console;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Status;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Status;

public sealed class StatusTests : IAsyncLifetime
{
    private readonly NodeClient _client = new(default, TimeSpan.FromSeconds(2));
    private AdminStandIn _head = null!, _tail = null!, _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_head, _tail, _registry) = (await AdminStandIn.HeadAsync(), await AdminStandIn.StartAsync(), await AdminStandIn.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _head.DisposeAsync();
        await _tail.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task A_fleet_that_is_well_is_shown_in_columns_and_ends_with_0()
    {
        var (code, text) = await ShowAsync(new StatusFlags());

        Assert.Equal(0, code);
        var lines = text.Split('\n');
        Assert.Equal("node role epoch sequence applied lag parked divergences ready requests failures average", Words(lines[0]));
        Assert.Equal($"{_head.Target("").Admin} head 1 20 20 0 0 0 writes, reads - - -", Words(lines[1]));
        Assert.Equal($"{_tail.Target("").Admin} replica 1 20 20 0 0 0 reads - - -", Words(lines[2]));
        Assert.Equal(["", ""], [lines[3], string.Concat(lines[4..])]);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task Who_is_down_is_said_and_it_ends_with_1()
    {
        await _tail.DisposeAsync();

        var (code, text) = await ShowAsync(new StatusFlags());

        Assert.Equal(1, code);
        Assert.Contains($"{_tail.Target("").Admin} down - - -", Words(text.Split('\n')[2]), StringComparison.Ordinal);
        Assert.Contains("could not be asked", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_ready_says_why_and_nothing_it_says_is_obeyed()
    {
        _tail.Read = Readiness.No("it is\u001b[2J 5 s behind [red]");
        _tail.Problems = [new Problem("Diverged", "10.0.0.1:1", "Seed it.", DateTimeOffset.UnixEpoch, 1)];

        var (code, text) = await ShowAsync(new StatusFlags());

        Assert.Equal(1, code);
        Assert.Contains("not ready for reads: it is?[2J 5 s behind [red]", text, StringComparison.Ordinal);
        Assert.Contains("Diverged: Seed it.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fleet_without_a_head_and_one_with_two_are_not_well()
    {
        _head.Write = Readiness.No("nobody confirmed it");
        Assert.Contains("No node takes writes.", (await ShowAsync(new StatusFlags())).Text, StringComparison.Ordinal);

        _head.Write = Readiness.Yes;
        (_tail.Role, _tail.Write) = ("head", Readiness.Yes);
        var (code, text) = await ShowAsync(new StatusFlags());
        Assert.Equal(1, code);
        Assert.Contains("not one chain", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_get_JSON()
    {
        var (code, text) = await ShowAsync(new StatusFlags { Json = true });

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(text);
        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(["head", "replica"], json.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("role").GetString()));
        Assert.Equal(20, json.RootElement.GetProperty("nodes")[1].GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task A_terminal_gets_a_table()
    {
        using var screen = new StringWriter();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(screen) });
        terminal.Profile.Width = 200;
        _tail.Read = Readiness.No("[bold]behind[/]");

        await StatusVerb.ShowAsync(Survey().AskAsync, new StatusFlags(), TextWriter.Null, terminal, Cancellation);

        Assert.Contains("writes, reads", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("[bold]behind[/]", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("\u001b[", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_shows_what_changes_until_it_is_stopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var output = new StringWriter();
        var looks = 0;
        async Task<StatusReport> LookAsync(CancellationToken cancellation)
        {
            if (++looks == 2)
            {
                _tail.Read = Readiness.No("behind");
            }
            else if (looks == 3)
            {
                await stop.CancelAsync();
            }

            return await Survey().AskAsync(cancellation);
        }

        var code = await StatusVerb.ShowAsync(LookAsync, new StatusFlags { Watch = true }, output, null, stop.Token);

        Assert.Equal(1, code);
        Assert.Equal(2, output.ToString().Split('\n').Count(line => line.StartsWith("node ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_registry_names_the_nodes_and_what_was_counted()
    {
        _registry.Texts["/registry"] = $$"""
            {"version":5,"workers":[{"name":"romulus","address":"h:1","teeproxy":"h:2","admin":"{{_head.Target("").Admin}}","state":"Present"},
             {"name":"remus","address":"h:1","teeproxy":"h:2","admin":"{{_tail.Target("").Admin}}","state":"Away"}],"problems":["seed node3"]}
            """;
        _registry.Texts["/worker/stats"] = """
            {"SuccessfulRequests":[{"total":30},{"romulus":20},{"remus":10}],"FailedRequests":[{"total":1},{"romulus":1},{"remus":0}],
             "TotalRequests":[{"total":31},{"romulus":21},{"remus":10}],"AverageResponseTime":[{"total":2},{"romulus":2.5},{"remus":1}]}
            """;
        using var registry = new RegistryClient(new Uri(_registry.Url), default);

        var report = await new FleetSurvey([], registry, _client).AskAsync(Cancellation);

        Assert.False(report.Ok); // remus is away, and the registry asks for something
        Assert.Equal(["romulus", "remus"], report.Nodes.Select(node => node.Name));
        Assert.Equal((21L, 1L, 2.5), (report.Nodes[0].Requests, report.Nodes[0].Failures, report.Nodes[0].AverageMilliseconds));
        Assert.Contains("the registry has it as away", report.Nodes[1].Notes);
        Assert.Equal(["seed node3"], report.Problems);
    }

    [Fact]
    public async Task Where_nobody_is_known_only_the_reason_is_shown()
    {
        using var registry = new RegistryClient(new Uri("http://127.0.0.1:1"), default);
        using var output = new StringWriter();

        Assert.Equal(1, await StatusVerb.ShowAsync(new FleetSurvey([], registry, _client).AskAsync, new StatusFlags(), output, null, Cancellation));

        Assert.StartsWith("the registry http://127.0.0.1:1/ could not be asked", Assert.Single(output.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"version":1,"workers":null}""")]
    public async Task A_registry_that_talks_nonsense_is_a_problem(string text)
    {
        _registry.Texts["/registry"] = text;
        using var registry = new RegistryClient(new Uri(_registry.Url), default);

        var report = await new FleetSurvey([], registry, _client).AskAsync(Cancellation);

        Assert.False(report.Ok);
        Assert.Contains("registry", report.Problems[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":9500", "127.0.0.1:9500")]
    [InlineData("host:9500", "host:9500")]
    [InlineData("http://host:9500/", "host:9500")]
    [InlineData("http://[::1]:9500", "[::1]:9500")]
    [InlineData("http://host", null)]
    [InlineData("http://host:9500/status", null)]
    [InlineData("", null)]
    public void Nodes_are_named_in_several_ways(string text, string? admin) => Assert.Equal(admin, FleetSurvey.Target(text)?.Admin);

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private FleetSurvey Survey() => new([FleetSurvey.Target(_head.Url)!, FleetSurvey.Target(_tail.Url)!], null, _client);

    private async Task<(int Code, string Text)> ShowAsync(StatusFlags flags)
    {
        using var output = new StringWriter();
        var code = await StatusVerb.ShowAsync(Survey().AskAsync, flags, output, null, Cancellation);
        return (code, output.ToString());
    }
}
