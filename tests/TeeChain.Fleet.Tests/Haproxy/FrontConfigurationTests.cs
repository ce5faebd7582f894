using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Tests.Gateway;

namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>What is made of the bundled haproxy.cfg, and what is read from it.</summary>
public sealed class FrontConfigurationTests
{
    private static readonly FrontSettings Settings = new(":9080", "127.0.0.1:1937", "ada", "pass\"$word", "/run/x/front.sock", null);

    [Theory]
    [InlineData("writes", "check inter 500ms fall 2 rise 1 maxconn 2000 fall 4")]
    [InlineData("writes_first", "check inter 500ms fall 2 rise 1 maxconn 2000 fall 4")]
    [InlineData("reads", "check inter 500ms fall 2 rise 1 maxconn 2000 observe layer4 error-limit 1 on-error mark-down")]
    [InlineData("reads_stale", "check inter 500ms fall 2 rise 1 maxconn 2000")]
    public void An_added_server_is_told_what_the_backend_gives_its_others(string backend, string keywords) =>
        Assert.Equal(keywords, BundledConfiguration.Load().ServerKeywords(backend));

    [Fact]
    public void Only_addresses_and_servers_are_changed()
    {
        var bundled = BundledConfiguration.Load();

        var lines = FrontConfigurationRule.Render(bundled, Settings, []).TrimEnd('\n').Split('\n');

        var changed = lines.Skip(1).Except(bundled.Lines).Select(line => line.Trim()).ToList();
        Assert.Contains("bind \":9080\"", changed);
        Assert.Contains("bind \"127.0.0.1:1937\"", changed);
        Assert.Contains("stats socket \"/run/x/front.sock\" mode 600 level admin expose-fd listeners", changed);
        Assert.Contains("user \"ada\" insecure-password \"pass\\\"\\$word\"", changed);
        Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("server ", StringComparison.Ordinal));
        Assert.Equal(bundled.Lines.Count(line => !line.StartsWith("    server ", StringComparison.Ordinal)) + 1, lines.Length);
    }

    [Theory]
    [InlineData("100ms", "100ms")]
    [InlineData("3s", "300ms")]
    [InlineData("5s", "500ms")]
    [InlineData("1m", "6000ms")]
    public void The_health_interval_is_that_of_the_checks_of_servers_in_the_file_and_of_those_that_are_added(string healthInterval, string inter)
    {
        var bundled = BundledConfiguration.Load();
        var checking = bundled.Checking(ProbeRule.IntervalOf(HealthIntervalFlag.Parse(healthInterval, out _)!.Value));

        var lines = FrontConfigurationRule.Render(checking, Settings, []).Split('\n').Select(line => line.Trim()).ToList();

        Assert.Contains($"default-server check inter {inter} fall 2 rise 1 maxconn 2000", lines);
        Assert.All(Backends.All, backend => Assert.Equal(bundled.ServerKeywords(backend).Replace("500ms", inter, StringComparison.Ordinal), checking.ServerKeywords(backend)));
    }

    [Fact]
    public void Known_servers_stand_in_their_backends()
    {
        var text = FrontConfigurationRule.Render(
            BundledConfiguration.Load(), Settings,
            [
                new WantedServer(new ServerId("reads", "a"), "10.0.0.2", 4567, "10.0.0.2", 9500, Turn.Ready),
                new WantedServer(new ServerId("reads", "b"), "fd00::2", 4567, "fd00::3", 9500, Turn.Maint),
            ]);

        Assert.Contains("backend reads\n    server a 10.0.0.2:4567 port 9500\n    server b [fd00::2]:4567 port 9500 addr [fd00::3] disabled\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_of_the_sixth_version_are_understood_by_HAProxy_at_its_start_and_later()
    {
        await using var haproxy = new RealHaproxy();
        await haproxy.StartAsync(new FleetView(1, [new Worker("six", "[::1]:1", "[fd00::2]:2", "[::2]:3", WorkerState.Present)]));
        var configured = await haproxy.ServerAsync("reads", "six");

        var wanted = new WantedServer(new ServerId("reads", "added"), "::1", 1, "::2", 3, Turn.Drain);
        foreach (var command in HaproxyPlanRule.Changes([wanted], new HashSet<ServerId>(), [], Backends.All.ToHashSet(), new HashSet<ServerId>(), BundledConfiguration.Load().ServerKeywords).Single().Commands)
        {
            var said = Assert.IsType<RuntimeAnswer.Said>(await haproxy.Api.AskAsync([command], TestContext.Current.CancellationToken));
            Assert.True(RuntimeAnswerRule.IsConsent(said.Answers[0]), $"{command}: {said.Answers[0]}");
        }

        Assert.True(configured!.IsWhere(wanted), $"{configured}");
        Assert.True((await haproxy.ServerAsync("reads", "added"))!.IsWhere(wanted));
    }

    [Fact]
    public async Task The_registrys_paths_go_to_the_registry_whatever_the_method()
    {
        await using var registry = await WorkerStandIn.StartAsync("registry");
        await using var romulus = await WorkerStandIn.StartAsync("romulus");
        await using var haproxy = new RealHaproxy(registry.Worker.Address);
        await haproxy.StartAsync(new FleetView(1, [romulus.Worker]));

        Assert.Equal("200 registry GET", await haproxy.AskAsync(HttpMethod.Get, "/workers"));
        Assert.Equal("200 registry POST", await haproxy.AskAsync(HttpMethod.Post, "/register-worker"));
        Assert.Equal("200 registry GET", await haproxy.AskAsync(HttpMethod.Get, "/worker/stats"));
        await Polling.UntilAsync(async () => await haproxy.AskAsync(HttpMethod.Get, "/workers/x") is var answer && answer == "200 romulus GET" ? null : answer, "the rest goes to the application");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public async Task HAProxy_takes_any_number_of_nodes_and_a_password_with_all_that_means_something_to_it(int nodes)
    {
        await using var haproxy = new RealHaproxy(statsPassword: "a\"b\\c$d#e f,(g)%[h]{i}\u00e9");

        await haproxy.StartAsync(new FleetView(1, [.. Enumerable.Range(1, nodes).Select(i => new Worker($"node{i}", $"127.0.0.1:{i}", $"127.0.0.1:{i + 10}", $"127.0.0.1:{i + 20}", WorkerState.Present))]));

        Assert.Equal(nodes, (await haproxy.LookAsync()).Servers.Count(server => server.Id.Backend == "reads"));
        Assert.Equal(200, await haproxy.StatsStatusAsync("teechain", "a\"b\\c$d#e f,(g)%[h]{i}\u00e9"));
        Assert.Equal(401, await haproxy.StatsStatusAsync("teechain", "teechain"));
    }

    [Fact]
    public async Task Asked_to_finish_it_answers_what_is_on_its_way_and_waits_for_no_idle_client()
    {
        await using var romulus = await WorkerStandIn.StartAsync("romulus");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await new FakeServer(async context =>
        {
            arrived.SetResult();
            await released.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("at last", context.RequestAborted);
        }).StartAsync();
        await using var haproxy = new RealHaproxy(slow.Address);
        await haproxy.StartAsync(new FleetView(1, [romulus.Worker]));
        await using var idle = await haproxy.ConnectAsync(TestContext.Current.CancellationToken);
        await idle.WriteAsync("GET / HTTP/1.1\r\nHost: front\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await idle.ReadAsync(new byte[16 << 10], TestContext.Current.CancellationToken) > 0);
        var asked = haproxy.AskAsync(HttpMethod.Get, "/workers"); // The registry's path: where the slow one is.
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var finished = haproxy.FinishAsync(TimeSpan.FromSeconds(15)); // An idle connection may last 30 s.
        released.SetResult();

        Assert.Equal("200 at last", await asked);
        Assert.True(await finished, haproxy.Log);
    }

    [Fact]
    public async Task What_HAProxy_refuses_is_said_and_not_run()
    {
        var folder = Directory.CreateTempSubdirectory("teechain-ha-");
        try
        {
            var program = HaproxyFront.Find(Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin")!;
            var front = new HaproxyFront(program, folder.FullName, "front", "no address", new StatsPage(":1", "teechain", null), null, BundledConfiguration.Load(), new HostNames(TimeProvider.System));

            var command = await front.PrepareAsync(FleetView.Empty, TestContext.Current.CancellationToken);

            Assert.Contains(front.Configuration, command.Refusal, StringComparison.Ordinal);
            Assert.Contains("no address", command.Refusal, StringComparison.Ordinal);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(front.Configuration) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void HAProxy_is_looked_for_where_it_is_said_to_be()
    {
        Assert.Null(HaproxyFront.Find(null));
        Assert.Null(HaproxyFront.Find("/no/such/folder:"));
    }
}
