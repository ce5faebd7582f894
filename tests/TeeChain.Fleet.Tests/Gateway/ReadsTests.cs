using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Fleet.Strategies;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class ReadsTests
{
    private static readonly string[] InStep = [FakeWorker.Read, FakeWorker.Stale];

    public static TheoryData<string> Strategies => [.. Strategy.Names];

    [Fact]
    public async Task Workers_take_turns()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2", "worker3");

        List<string> answers = [];
        for (var i = 0; i < 30; i++)
        {
            answers.Add((await door.SendAsync(HttpMethod.Get)).Body);
        }

        Assert.All(answers.Chunk(3), round => Assert.Equal(3, round.Distinct().Count()));
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Every_strategy_reaches_every_ready_worker_and_no_other(string strategy)
    {
        await using var door = await FrontDoor.OpenAsync(strategy, HttpProtocols.Http1, null, InStep, InStep, [FakeWorker.Stale]);
        foreach (var worker in door.Workers)
        {
            worker.OnRead = async context =>
            {
                await Task.Delay(20, context.RequestAborted); // so that counting requests under way tells workers apart
                await context.Response.WriteAsync(worker.Name);
            };
        }

        HashSet<string> seen = [];
        await door.UntilAsync((answer, _) => answer.IsSuccessStatusCode, "somebody is ready");
        for (var round = 0; round < 50 && seen.Count < 2; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => door.SendAsync(HttpMethod.Get)));
            seen.UnionWith(answers.Select(answer => answer.Body));
        }

        Assert.Equal(["worker1", "worker2"], seen.Order());
    }

    [Fact]
    public async Task A_worker_that_was_never_found_ready_gets_nothing()
    {
        await using var door = await FrontDoor.OpenAsync([[]]);
        await door.UntilAsync((_, _) => door.Workers[0].Probes.Count > 6, "it was asked");

        var (answer, body) = await door.SendAsync(HttpMethod.Get);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Contains("No node takes reads", body, StringComparison.Ordinal);
        Assert.Empty(door.Workers[0].Reads);
    }

    [Fact]
    public async Task Where_nobody_is_in_step_the_nearly_so_answer_and_say_so()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Stale], []);

        await door.UntilAsync((answer, body) => answer.IsSuccessStatusCode && body == "worker1", "the stale one answers");
        var (stale, _) = await door.SendAsync(HttpMethod.Get);
        door.Workers[1].Is(InStep);
        await door.UntilAsync((answer, body) => body == "worker2", "the one in step answers");
        var (fresh, _) = await door.SendAsync(HttpMethod.Get);

        Assert.Equal(["1"], stale.Headers.GetValues(HeaderNames.Stale));
        Assert.False(fresh.Headers.Contains(HeaderNames.Stale));
    }

    [Fact]
    public async Task A_worker_leaves_the_turns_when_it_is_not_ready_and_is_back_when_it_is()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");

        door.Workers[0].Is();
        await door.UntilReadersAreAsync("worker2");
        door.Workers[0].Is(InStep);

        await door.UntilReadersAreAsync("worker1", "worker2");
    }

    [Fact]
    public async Task A_worker_whose_admin_port_is_dead_leaves_the_turns()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");

        await door.Workers[0].Admin.KillAsync();

        await door.UntilReadersAreAsync("worker2");
    }

    [Fact]
    public async Task No_read_fails_when_an_application_is_killed()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");
        using var enough = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 8).Select(async _ =>
        {
            List<HttpStatusCode> seen = [];
            while (!enough.IsCancellationRequested)
            {
                seen.Add((await door.SendAsync(HttpMethod.Get)).Answer.StatusCode);
            }

            return seen;
        }).ToArray();

        await door.Workers[0].Application.KillAsync();
        await Task.Delay(700, TestContext.Current.CancellationToken); // its node still calls it ready: it comes back in, and goes out again
        await enough.CancelAsync();

        Assert.All((await Task.WhenAll(readers)).SelectMany(seen => seen), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task What_is_safe_is_asked_elsewhere_when_a_worker_dies_under_it(string method)
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");
        door.Workers[0].OnRead = context =>
        {
            FakeServer.Break(context);
            return Task.CompletedTask;
        };

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add((await door.SendAsync(new HttpMethod(method), "/broken")).Answer.StatusCode);
        }

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains($"{method} /broken", door.Workers[0].Reads);
    }

    [Theory]
    [InlineData("PROPFIND")]
    [InlineData("TRACE")]
    public async Task What_is_not_known_to_be_safe_is_not_repeated(string method)
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");
        foreach (var worker in door.Workers)
        {
            worker.OnRead = context =>
            {
                FakeServer.Break(context);
                return Task.CompletedTask;
            };
        }

        var (answer, _) = await door.SendAsync(new HttpMethod(method), "/once");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Single(door.Workers.SelectMany(worker => worker.Reads), read => read == $"{method} /once");
    }

    [Fact]
    public async Task An_answer_that_has_begun_is_not_begun_again()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");
        var begun = new TaskCompletionSource();
        foreach (var worker in door.Workers)
        {
            worker.OnRead = async context =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("begun");
                await begun.Task;
                FakeServer.Break(context);
            };
        }

        door.Counts.Drain();
        using var answer = await door.Client.GetAsync(new Uri("/long", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        begun.SetResult();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Single(door.Workers.SelectMany(worker => worker.Reads), read => read == "GET /long");
        List<WorkerCounts> counted = [];
        await Poll(() => counted.Count > 0, () =>
        {
            counted.AddRange(door.Counts.Drain());
            return Task.Delay(5, TestContext.Current.CancellationToken);
        });
        Assert.Equal((0, 1), (counted[0].Successes, counted[0].Failures));
    }

    [Fact]
    public async Task A_draining_worker_gets_nothing_new_and_finishes_what_it_has()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep);
        await door.UntilReadersAreAsync("worker1", "worker2");
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (leaving, staying) = (door.Workers[0], door.Workers[1]);
        leaving.OnRead = async context =>
        {
            arrived.TrySetResult();
            await go.Task;
            await context.Response.WriteAsync("finished");
        };
        List<Task<(HttpResponseMessage, string Body)>> slow = [door.SendAsync(HttpMethod.Get, "/slow"), door.SendAsync(HttpMethod.Get, "/slow")];
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        door.Fleet.Set(leaving.As(WorkerState.Draining), staying.As());
        List<string> fast = [];
        await Poll(() => fast.TakeLast(6).Count(body => body == "worker2") == 6, async () => fast.Add((await ReadOrWaitAsync(door)) ?? ""));
        go.SetResult();

        Assert.Contains("finished", (await Task.WhenAll(slow)).Select(one => one.Body));
    }

    [Fact]
    public async Task A_fleet_that_grows_and_shrinks_is_followed()
    {
        await using var door = await FrontDoor.OpenAsync(InStep, InStep, InStep);
        door.Fleet.Set(door.Workers[0].As());
        await door.UntilReadersAreAsync("worker1");

        door.Fleet.Set([.. door.Workers.Select(worker => worker.As())]);
        await door.UntilReadersAreAsync("worker1", "worker2", "worker3");
        door.Fleet.Set(door.Workers[1].As(), door.Workers[2].As(WorkerState.Away));

        await door.UntilReadersAreAsync("worker2");
    }

    // A read that the draining worker got just before it left is under way until the test lets it go.
    private static async Task<string?> ReadOrWaitAsync(FrontDoor door)
    {
        var read = door.SendAsync(HttpMethod.Get);
        return await Task.WhenAny(read, Task.Delay(500, TestContext.Current.CancellationToken)) == read ? (await read).Body : null;
    }

    private static async Task Poll(Func<bool> isSo, Func<Task> step)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            Assert.False(deadline.IsCancellationRequested, "not within 30 s");
            await step();
        }
    }
}
