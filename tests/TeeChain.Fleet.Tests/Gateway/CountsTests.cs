using System.Net;
using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class CountsTests
{
    [Fact]
    public async Task Counts_are_what_clients_counted()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Read, FakeWorker.Head], [FakeWorker.Read]);
        await door.UntilReadersAreAsync("worker1", "worker2");
        await door.UntilAsync((answer, _) => answer.IsSuccessStatusCode, "writes are taken", HttpMethod.Post);
        foreach (var worker in door.Workers)
        {
            var turn = 0;
            worker.OnRead = worker.OnWrite = context =>
            {
                context.Response.StatusCode = Interlocked.Increment(ref turn) % 4 == 0 ? 500 : 404;
                return context.Response.WriteAsync(worker.Name);
            };
        }

        door.Counts.Drain();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAndWriteAsync(door, 25)));
        var seen = answers.SelectMany(one => one).ToList();

        await UntilCountedAsync(door, seen.Count, counted =>
        {
            foreach (var worker in door.Workers)
            {
                var own = counted.Single(one => one.Worker == worker.Name);
                Assert.Equal(seen.Count(one => one.Body == worker.Name && (int)one.Status < 500), own.Successes);
                Assert.Equal(seen.Count(one => one.Body == worker.Name && (int)one.Status >= 500), own.Failures);
                Assert.True(own.Ticks > 0);
            }
        });
    }

    [Fact]
    public async Task Who_finds_nobody_counts_too_but_for_no_worker()
    {
        await using var door = await FrontDoor.OpenAsync();

        await door.SendAsync(HttpMethod.Get);
        await door.SendAsync(HttpMethod.Post, "/", new StringContent("x"));

        await UntilCountedAsync(door, 2, counted => Assert.Equal((RequestCounts.Nobody, 0, 2), counted.Select(one => (one.Worker, one.Successes, one.Failures)).Single()));
    }

    [Fact]
    public async Task A_read_that_was_asked_elsewhere_counts_once()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Read], [FakeWorker.Read]);
        await door.UntilReadersAreAsync("worker1", "worker2");
        door.Workers[0].OnRead = context =>
        {
            FakeServer.Break(context);
            return Task.CompletedTask;
        };
        door.Counts.Drain();

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("worker2", (await door.SendAsync(HttpMethod.Get)).Body);
        }

        await UntilCountedAsync(door, 4, counted => Assert.Equal("worker2", counted.Select(one => one.Worker).Single()));
    }

    private static async Task<List<(string Body, HttpStatusCode Status)>> ReadAndWriteAsync(FrontDoor door, int times)
    {
        List<(string, HttpStatusCode)> seen = [];
        for (var i = 0; i < times; i++)
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
            {
                var (answer, body) = await door.SendAsync(method);
                seen.Add((body, answer.StatusCode));
            }
        }

        return seen;
    }

    // A client has its answer a moment before it is counted.
    private static async Task UntilCountedAsync(FrontDoor door, int times, Action<IReadOnlyList<WorkerCounts>> check)
    {
        IReadOnlyList<WorkerCounts> counted = [];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (counted.Sum(one => one.Total) < times)
        {
            Assert.False(deadline.IsCancellationRequested, $"{counted.Sum(one => one.Total)} of {times} were counted");
            await Task.Delay(5, TestContext.Current.CancellationToken);
            counted = WorkerCounts.Sum([.. counted, .. door.Counts.Drain()]);
        }

        Assert.Equal(times, counted.Sum(one => one.Total));
        check(counted);
    }
}
