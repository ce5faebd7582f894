using System.Collections.Concurrent;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>--ack next</c> and <c>--ack chain</c>: what is true of a write the moment its client has the answer.</summary>
public sealed class AckTests : IAsyncDisposable
{
    private const int Connections = 8;

    private static readonly HttpClient Reader = new(Loopback.Handler(connections: 3 * Connections));

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Under_ack_chain_each_of_a_thousand_answered_writes_is_applied_on_every_node_replicas_being_killed()
    {
        _fleet = await StartAsync("chain");
        var (answered, missed) = (0, new ConcurrentQueue<string>());
        var writers = Enumerable.Range(0, Connections).Select(client => Task.Run(
            async () =>
            {
                for (var user = 0; user < 1_000 && Volatile.Read(ref answered) < 1_000; user++)
                {
                    var name = $"c{client}-u{user}";
                    var answer = await OneWrite.RegisterAsync(_fleet.Address, name, Cancellation);
                    Assert.True(answer.Status == 201, $"{name}: {answer.Status} {answer.Body}");
                    foreach (var app in await LackingAsync(name))
                    {
                        missed.Enqueue($"{name} on {app}");
                    }

                    Interlocked.Increment(ref answered);
                }
            },
            Cancellation)).ToArray();

        foreach (var (killed, at) in new[] { (1, 200), (2, 400), (1, 600), (2, 800) })
        {
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= at || writers.Any(writer => writer.IsFaulted)), $"{at} writes are answered", Cancellation);
            await _fleet.Nodes[killed].KillAsync(Cancellation);
            _fleet.Nodes[killed].Start();
        }

        await Task.WhenAll(writers);
        Assert.Empty(missed);
        Assert.True(answered >= 1_000);
        (await Agreement.ReadAsync(_fleet, Cancellation)).AssertHolds([], mostDiscarded: [0, 2, 2]);
    }

    [Fact]
    public async Task Under_ack_chain_with_a_node_down_its_client_is_told_so_in_time_and_the_write_arrives_when_it_is_back()
    {
        var patience = TimeSpan.FromSeconds(2);
        _fleet = await StartAsync("chain", patience);
        var tail = _fleet.Nodes[2];
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet.Address, "before", Cancellation)).Status);
        await _fleet.ToldAsync(Cancellation);
        await tail.KillAsync(Cancellation);

        var answer = await OneWrite.RegisterAsync(_fleet.Address, "meanwhile", Cancellation);

        Assert.Equal(504, answer.Status);
        Assert.True(long.Parse(answer.Headers["TeeChain-Sequence"]) > 1, answer.Body);
        Assert.Contains("--ack chain", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"{tail.Flags.Listen}", answer.Body, StringComparison.Ordinal);
        Assert.Contains("is recorded as", answer.Body, StringComparison.Ordinal);
        Assert.Equal(["app3"], await LackingAsync("meanwhile"));

        tail.Start();
        await Eventually.TrueAsync(async () => (await LackingAsync("meanwhile")).Count == 0, "the write is everywhere", Cancellation);
        await Eventually.TrueAsync(
            async () => (await OneWrite.RegisterAsync(_fleet.Address, $"after-{Guid.NewGuid():N}", Cancellation)).Status == 201, "writes are answered again", Cancellation);
    }

    [Fact]
    public async Task Under_ack_next_an_answered_write_outlives_the_head_and_without_the_next_node_none_is_answered()
    {
        _fleet = await StartAsync("next", TimeSpan.FromSeconds(2));
        var (head, next) = (_fleet.Head, _fleet.Nodes[1]);
        await _fleet.Nodes[2].KillAsync(Cancellation); // It does not count.
        for (var round = 0; round < 3; round++)
        {
            var last = "";
            var writers = Enumerable.Range(0, Connections).Select(client => Task.Run(
                async () =>
                {
                    // The last that is answered is what matters; the rest are on their way when the head is killed.
                    for (var user = 0; user < 100 && last.Length == 0; user++)
                    {
                        var name = $"r{round}-c{client}-u{user}";
                        var status = await StatusOrNothingAsync(name);
                        if (user == 40 && status == 201 && Interlocked.CompareExchange(ref last, name, "").Length == 0)
                        {
                            head.Process.Send(Signal.Kill);
                        }
                    }
                },
                Cancellation));
            await Task.WhenAll(writers);
            Assert.NotEmpty(last);
            await head.KillAsync(Cancellation);
            await next.KillAsync(Cancellation);

            next.Start(); // With what its disk has, and nobody before it.
            await Eventually.TrueAsync(async () => await HasAsync(_fleet.Apps[1], last), $"{last} is on the second node", Cancellation);
            head.Start();
            await head.ReadyAsync("write", Cancellation);
        }

        next.Process.Send(Signal.Stop);
        var answer = await OneWrite.RegisterAsync(_fleet.Address, "unconfirmed", Cancellation);

        Assert.Equal(504, answer.Status);
        Assert.Contains("--ack next", answer.Body, StringComparison.Ordinal);
        next.Process.Send(Signal.Continue);
        await Eventually.TrueAsync(() => HasAsync(_fleet.Apps[1], "unconfirmed"), "the write has arrived", Cancellation);
    }

    private static Task<Fleet> StartAsync(string level, TimeSpan? patience = null) =>
        Fleet.StartAsync(new FleetPlan { Adjust = (_, flags) => flags with { AckTimeout = patience, Others = ["--ack", level] } }, Cancellation);

    /// <summary>The applications that do not have the user.</summary>
    private async Task<IReadOnlyList<string>> LackingAsync(string user)
    {
        var have = await Task.WhenAll(_fleet!.Apps.Select(app => HasAsync(app, user)));
        return [.. _fleet.Apps.Where((_, i) => !have[i]).Select(app => app.Name)];
    }

    private static async Task<bool> HasAsync(SampleApp app, string user)
    {
        using var answer = await Reader.GetAsync(new Uri(app.Address, $"/login?user={user}"), Cancellation);
        return answer.IsSuccessStatusCode;
    }

    private async Task<int> StatusOrNothingAsync(string user)
    {
        try
        {
            return (await OneWrite.RegisterAsync(_fleet!.Address, user, Cancellation)).Status;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
