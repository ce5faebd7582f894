using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>The keeper with a real HAProxy and stand-ins for the workers.</summary>
public sealed class HaproxyKeeperTests : IAsyncLifetime
{
    private readonly RealHaproxy _haproxy = new();
    private readonly FleetStandIn _fleet = new();
    private readonly List<FrontSnapshot> _seen = [];
    private WorkerStandIn _romulus = null!, _remus = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _romulus = await WorkerStandIn.StartAsync("romulus");
        _remus = await WorkerStandIn.StartAsync("remus");
    }

    public async ValueTask DisposeAsync()
    {
        await _haproxy.DisposeAsync();
        await _romulus.DisposeAsync();
        await _remus.DisposeAsync();
    }

    [Fact]
    public async Task Workers_that_come_get_reads_in_turn_and_the_head_gets_the_writes()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        _remus.IsHead = true;
        _fleet.Set(_romulus.Worker, _remus.Worker);
        var keeper = Keeper();

        await InStepAsync(keeper);

        await UpAsync("reads", "romulus", "remus");
        await UpAsync("writes", "remus");
        Assert.Equal(["200 remus GET", "200 romulus GET"], new[] { await _haproxy.AskAsync(HttpMethod.Get), await _haproxy.AskAsync(HttpMethod.Get) }.Order());
        Assert.Equal("200 remus POST", await _haproxy.AskAsync(HttpMethod.Post));
    }

    [Fact]
    public async Task While_there_is_no_head_the_first_worker_alone_gets_the_first_write()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        (_romulus.TakesFirstWrite, _remus.TakesFirstWrite) = (true, true);
        _fleet.Set(_romulus.Worker, _remus.Worker);
        var keeper = Keeper();
        await InStepAsync(keeper);
        await UpAsync("writes_first", "romulus");

        _fleet.Set(_remus.Worker, _romulus.Worker);
        await InStepAsync(keeper);

        await UpAsync("writes_first", "remus");
        Assert.Equal("200 remus POST", await _haproxy.AskAsync(HttpMethod.Post));
    }

    [Fact]
    public async Task A_worker_that_is_not_ready_gets_nothing_from_the_moment_it_is_added()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        (_romulus.IsReadable, _romulus.IsStaleReadable) = (false, false);
        _fleet.Set(_romulus.Worker, _remus.Worker);

        await Keeper().StepAsync(Cancellation);

        var added = (await _haproxy.LookAsync()).Servers;
        Assert.Equal(7, added.Count);
        Assert.DoesNotContain(added, server => server.Id.Name == "romulus" && server.IsUp);
        await UpAsync("reads", "remus");
        foreach (var _ in Enumerable.Range(0, 10))
        {
            Assert.Equal("200 remus GET", await _haproxy.AskAsync(HttpMethod.Get));
        }

        _remus.IsReadable = false; // checks go on
        await UpAsync("reads");
        Assert.Equal("200 remus GET", await _haproxy.AskAsync(HttpMethod.Get)); // stale
    }

    [Fact]
    public async Task A_connection_that_is_refused_takes_an_added_server_out_before_its_check_does()
    {
        // The check passes, so that only the request's own failure can do it.
        await _haproxy.StartAsync(FleetView.Empty);
        _fleet.Set(_romulus.Worker with { Address = "127.0.0.1:1" });
        await InStepAsync(Keeper());
        await UpAsync("reads", "romulus");

        Assert.StartsWith("503", await _haproxy.AskAsync(HttpMethod.Get), StringComparison.Ordinal);

        await Polling.UntilAsync(() => Task.FromResult(_haproxy.Log.Contains("last one was: L4 unsuccessful connection", StringComparison.Ordinal) ? null : _haproxy.Log), "it is seen as down");
    }

    [Fact]
    public async Task Draining_and_away_workers_leave_the_turns_and_come_back()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        _fleet.Set(_romulus.Worker, _remus.Worker);
        var keeper = Keeper();
        await InStepAsync(keeper);
        await UpAsync("reads", "romulus", "remus");

        _fleet.Set(_romulus.Worker, _remus.Is(WorkerState.Draining));
        await InStepAsync(keeper);
        Assert.Equal(Turn.Drain, (await _haproxy.ServerAsync("reads", "remus"))?.Turn);
        _fleet.Set(_romulus.Worker, _remus.Is(WorkerState.Away));
        await InStepAsync(keeper);
        Assert.Equal(Turn.Maint, (await _haproxy.ServerAsync("reads", "remus"))?.Turn);
        _fleet.Set(_romulus.Worker, _remus.Worker);
        await InStepAsync(keeper);

        await UpAsync("reads", "romulus", "remus");
    }

    [Fact]
    public async Task A_worker_that_is_removed_is_deleted_once_its_last_request_is_answered()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        _fleet.Set(_romulus.Worker, _remus.Worker);
        var keeper = Keeper();
        await InStepAsync(keeper);
        await UpAsync("reads", "romulus", "remus");
        Assert.StartsWith("200", await _haproxy.AskAsync(HttpMethod.Get), StringComparison.Ordinal);

        _fleet.Set(_romulus.Worker);
        await InStepAsync(keeper);

        Assert.All((await _haproxy.LookAsync()).Servers, server => Assert.Equal("romulus", server.Id.Name));
        _fleet.Set(_romulus.Worker, _remus.Worker);
        await InStepAsync(keeper);
        await UpAsync("reads", "romulus", "remus");
    }

    [Fact]
    public async Task A_server_of_the_configuration_that_is_not_in_the_fleet_is_put_out_of_service_and_one_that_is_moves()
    {
        var elsewhere = _remus.Worker with { Name = "romulus" };
        await _haproxy.StartAsync(new FleetView(1, [elsewhere, _remus.Worker]));
        _fleet.Set(_romulus.Worker);
        var keeper = Keeper();

        await InStepAsync(keeper);

        await UpAsync("reads", "romulus");
        Assert.Equal("200 romulus GET", await _haproxy.AskAsync(HttpMethod.Get));
        Assert.Equal(Turn.Maint, (await _haproxy.ServerAsync("reads", "remus"))?.Turn);
        Assert.Equal(Turn.Maint, (await _haproxy.ServerAsync("writes", "remus"))?.Turn);
    }

    [Fact]
    public async Task A_restarted_HAProxy_is_brought_up_to_date_again_and_what_happened_is_shown_once()
    {
        var log = new LineLog();
        await _haproxy.StartAsync(FleetView.Empty);
        _fleet.Set(_romulus.Worker, _remus.Worker);
        var keeper = Keeper(log);
        await InStepAsync(keeper);

        await _haproxy.KillAsync();
        await keeper.StepAsync(Cancellation);
        await keeper.StepAsync(Cancellation);
        Assert.False(keeper.IsInStep);
        await _haproxy.StartAsync(FleetView.Empty);
        await InStepAsync(keeper);

        await UpAsync("reads", "romulus", "remus");
        Assert.Single(log.Lines, line => line.Contains("cannot be reached", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("was restarted or reloaded", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("takes what it is told again", StringComparison.Ordinal));
        Assert.Equal(2, _seen.Select(one => one.Process).Distinct().Count());
    }

    [Fact]
    public async Task Without_a_word_from_the_registry_HAProxy_stays_as_it_is()
    {
        await _haproxy.StartAsync(new FleetView(1, [_romulus.Worker, _remus.Worker]));
        await UpAsync("reads", "romulus", "remus");

        await Keeper().StepAsync(Cancellation);

        Assert.All((await _haproxy.LookAsync()).Servers, server => Assert.Equal(Turn.Ready, server.Turn));
    }

    [Fact]
    public async Task A_name_that_would_be_a_command_and_a_host_that_nobody_knows_are_shown_and_left_out()
    {
        await _haproxy.StartAsync(FleetView.Empty);
        _fleet.Set(_romulus.Worker, _remus.Worker with { Name = "x;disable frontend http" }, _remus.Worker with { Name = "lost", Address = "no.such.host.invalid:1" });
        var keeper = Keeper();

        await keeper.StepAsync(Cancellation);

        Assert.Equal(2, keeper.Problems.Count);
        await UpAsync("reads", "romulus");
        Assert.Equal("200 romulus GET", await _haproxy.AskAsync(HttpMethod.Get));
    }

    [Fact]
    public async Task A_configuration_without_our_backends_is_named()
    {
        await _haproxy.StartAsync(FleetView.Empty, text => text.Replace("backend reads_stale", "backend other", StringComparison.Ordinal).Replace("use_backend reads_stale", "use_backend other", StringComparison.Ordinal));
        _fleet.Set(_romulus.Worker);
        var keeper = Keeper();

        await keeper.StepAsync(Cancellation);

        Assert.Contains("no backend reads_stale", Assert.Single(keeper.Problems), StringComparison.Ordinal);
        await UpAsync("reads", "romulus");
    }

    [Fact]
    public async Task The_loop_follows_the_registry_and_counts_what_each_worker_did()
    {
        var counts = new HaproxyCounts(isFromTheStart: true);
        var counted = new ConcurrentQueue<WorkerCounts>();
        await _haproxy.StartAsync(FleetView.Empty);
        var keeper = Keeper(seen: now => counts.Step(now).ToList().ForEach(counted.Enqueue));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = keeper.RunAsync(() => { }, stop.Token);
        _fleet.Set(_romulus.Worker);
        await UpAsync("reads", "romulus");

        Assert.Equal("200 romulus GET", await _haproxy.AskAsync(HttpMethod.Get));
        _romulus.Status = 404;
        Assert.Equal("404 romulus GET", await _haproxy.AskAsync(HttpMethod.Get));
        _romulus.Status = 500;
        Assert.Equal("500 romulus GET", await _haproxy.AskAsync(HttpMethod.Get));
        await Polling.UntilAsync(() => Task.FromResult(counted.Sum(delta => delta.Total) == 3 ? null : string.Join(", ", counted)), "three are counted");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((2, 1), (counted.Sum(delta => delta.Successes), counted.Sum(delta => delta.Failures)));
        Assert.All(counted, delta => Assert.Equal("romulus", delta.Worker));
    }

    private HaproxyKeeper Keeper(ILogger<HaproxyKeeper>? log = null, Action<FrontSnapshot>? seen = null) => new(
        _fleet, _haproxy.Api, new HostNames(TimeProvider.System), BundledConfiguration.Load(), seen ?? _seen.Add, TimeProvider.System, log ?? NullLogger<HaproxyKeeper>.Instance);

    private static Task InStepAsync(HaproxyKeeper keeper) => Polling.UntilAsync(
        async () =>
        {
            await keeper.StepAsync(Cancellation);
            return keeper.IsInStep ? null : string.Join("; ", keeper.Problems);
        },
        "HAProxy is as it should be");

    /// <summary>Waits until these servers, and no others, get what a backend has.</summary>
    private Task UpAsync(string backend, params string[] names) => Polling.UntilAsync(
        async () =>
        {
            var up = (await _haproxy.LookAsync()).Servers.Where(server => server.Id.Backend == backend && server.IsUp).Select(server => server.Id.Name).Order().ToList();
            return up.SequenceEqual(names.Order()) ? null : $"There are {string.Join(", ", up)}. {_haproxy.Log}";
        },
        $"{backend} has {string.Join(", ", names)}");

    private sealed class LineLog : ILogger<HaproxyKeeper>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
