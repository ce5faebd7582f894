using System.Net;
using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class WritesTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("post")]
    public async Task Writes_go_to_the_confirmed_head_alone(string method)
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Read], [FakeWorker.Read, FakeWorker.Head, FakeWorker.Write], [FakeWorker.Read]);
        await UntilWritableAsync(door, "worker2");

        for (var i = 0; i < 5; i++)
        {
            var (answer, body) = await door.SendAsync(new HttpMethod(method), "/register", new StringContent("x"));
            Assert.Equal((HttpStatusCode.OK, "worker2"), (answer.StatusCode, body));
        }

        Assert.Empty(door.Workers[0].Writes);
        Assert.Empty(door.Workers[2].Writes);
        Assert.All(door.Workers, worker => Assert.Empty(worker.Reads));
    }

    [Fact]
    public async Task Writes_follow_the_head()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head], []);
        await UntilWritableAsync(door, "worker1");

        door.Workers[0].Is();
        door.Workers[1].Is(FakeWorker.Head);

        await UntilWritableAsync(door, "worker2");
    }

    [Fact]
    public async Task Before_there_is_a_chain_the_first_worker_gets_the_first_write()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Write], [FakeWorker.Write], [FakeWorker.Write]);

        await UntilWritableAsync(door, "worker1");

        Assert.Empty(door.Workers[1].Writes);
        Assert.Empty(door.Workers[2].Writes);
    }

    [Fact]
    public async Task Nobody_else_founds_a_chain_while_the_first_is_away()
    {
        await using var door = await FrontDoor.OpenAsync([], [FakeWorker.Write]);
        door.Fleet.Set(door.Workers[0].As(WorkerState.Away), door.Workers[1].As());
        await door.UntilAsync((_, _) => door.Workers[1].Probes.Count > 6, "they were asked");

        var (answer, body) = await door.SendAsync(HttpMethod.Post, "/", new StringContent("x"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(
            """{"type":"about:blank","title":"No node takes writes","status":503,"detail":"The head of the chain cannot be reached or is not ready. Nothing was recorded; it is safe to retry."}""",
            body);
        Assert.Empty(door.Workers[1].Writes);
    }

    [Fact]
    public async Task A_head_that_cannot_announce_itself_keeps_its_writes()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head]);

        door.Fleet.Set(door.Workers[0].As(WorkerState.Away));

        await UntilWritableAsync(door, "worker1");
    }

    [Fact]
    public async Task A_write_waits_for_a_head_that_is_being_restarted()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head]);
        await UntilWritableAsync(door, "worker1");
        await door.Workers[0].Teeproxy.KillAsync();

        var write = door.SendAsync(HttpMethod.Post, "/", new StringContent("patient"));
        await Task.Delay(400, TestContext.Current.CancellationToken);
        await door.Workers[0].Teeproxy.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await write).Answer.StatusCode);
        Assert.Single(door.Workers[0].Writes, body => body == "patient");
    }

    [Fact]
    public async Task A_write_that_finds_nobody_listening_is_refused_as_safe_to_retry()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head]);
        await UntilWritableAsync(door, "worker1");
        await door.Workers[0].Teeproxy.KillAsync();

        var (answer, body) = await door.SendAsync(HttpMethod.Post, "/", new StringContent("x"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Nothing was recorded; it is safe to retry.", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "body")]
    [InlineData("POST", null)]
    [InlineData("DELETE", null)]
    public async Task A_write_that_was_sent_is_never_sent_again(string method, string? content)
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head], [FakeWorker.Head]);
        await UntilWritableAsync(door, "worker1"); // also leaves a connection that is used again
        var before = door.Workers.Sum(worker => worker.Writes.Count);
        foreach (var worker in door.Workers)
        {
            worker.OnWrite = context =>
            {
                FakeServer.Break(context);
                return Task.CompletedTask;
            };
        }

        var (answer, body) = await door.SendAsync(new HttpMethod(method), "/", content is null ? null : new StringContent(content));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("not known", body, StringComparison.Ordinal);
        Assert.Equal(before + 1, door.Workers.Sum(worker => worker.Writes.Count));
    }

    [Fact]
    public async Task The_teeproxys_own_refusal_reaches_the_client_as_it_is()
    {
        await using var door = await FrontDoor.OpenAsync([FakeWorker.Head]);
        await UntilWritableAsync(door, "worker1");
        door.Workers[0].OnWrite = context =>
        {
            context.Response.StatusCode = 507;
            context.Response.Headers["TeeChain-Sequence"] = "7";
            return context.Response.WriteAsync("full");
        };

        var (answer, body) = await door.SendAsync(HttpMethod.Post, "/", new StringContent("x"));

        Assert.Equal((507, "full"), ((int)answer.StatusCode, body));
        Assert.Equal(["7"], answer.Headers.GetValues("TeeChain-Sequence"));
    }

    private static Task UntilWritableAsync(FrontDoor door, string worker) =>
        door.UntilAsync((answer, body) => answer.IsSuccessStatusCode && body == worker, $"{worker} takes writes", HttpMethod.Post);
}
