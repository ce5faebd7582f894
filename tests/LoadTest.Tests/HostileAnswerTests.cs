using LoadTest.Checks;
using LoadTest.Requests;
using TeeChain.Protocol;

namespace LoadTest.Tests;

/// <summary>Whoever answers nonsense is named; nothing escapes.</summary>
public sealed class HostileAnswerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Nonsense => new(
        "", "\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 999 No\r\nContent-Length: -5\r\n\r\n", RawServer.Ok(""), RawServer.Ok("null"), RawServer.Ok("[]"), RawServer.Ok("{}"),
        RawServer.Ok("{\"applied\":null,\"first\":1,\"next\":1}"), RawServer.Ok("{\"applied\":[null],\"first\":1}"), "HTTP/1.1 200 OK\r\nContent-Type: x;;=\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=klingon\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{\"applied\":[");

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task A_node_that_talks_nonsense_is_named(string answer)
    {
        await using var server = new RawServer(answer);
        using var fleet = new FleetReader("");

        var status = await fleet.StatusAsync(new Address("127.0.0.1", server.Port), Cancellation);
        var log = await fleet.LogAsync(server.Address, 0, Cancellation);

        Assert.Null(status.Value);
        Assert.Contains($":{server.Port}", status.Why, StringComparison.Ordinal);
        Assert.Null(log.Value);
        Assert.NotNull(log.Why);
    }

    [Fact]
    public async Task A_log_that_lists_nothing_and_null_is_no_log()
    {
        await using var server = new RawServer(RawServer.Ok("""{"applied":[null],"first":1,"next":2}"""));
        using var fleet = new FleetReader("");

        var log = await ApplicationLog.ReadAsync(fleet, Node(server), "s1-", Cancellation);

        Assert.Null(log.Value);
    }

    [Fact]
    public async Task A_log_that_goes_backwards_ends_and_one_that_has_forgotten_is_told()
    {
        await using var backwards = new RawServer(RawServer.Ok("""{"applied":[],"first":1,"next":-5}"""));
        await using var forgetful = new RawServer(RawServer.Ok("""{"applied":[],"first":77,"next":99}"""));
        using var fleet = new FleetReader("");

        Assert.Empty((await ApplicationLog.ReadAsync(fleet, Node(backwards), "s1-", Cancellation)).Value!.Applied);
        Assert.Contains("from 77 on only", (await ApplicationLog.ReadAsync(fleet, Node(forgetful), "s1-", Cancellation)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")]
    public async Task A_request_that_breaks_is_a_failure_in_one_of_few_words(string answer)
    {
        await using var server = new RawServer(answer);
        using var client = new Client();

        Assert.NotNull((await client.GetAsync(server.Address)).Failure);
        Assert.NotNull((await client.PostAsync(server.Address, Population.Form("u", "p"))).Failure);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_a_failure()
    {
        await using var server = new RawServer(RawServer.Ok(new string('x', 2 << 20)));
        using var client = new Client();

        Assert.NotNull((await client.PostAsync(server.Address, Population.Form("u", "p"))).Failure);
    }

    private static NodeBefore Node(RawServer server) => new("a node", new Address("127.0.0.1", server.Port), server.Address, 0, 0, 0, Arrivals: 0);
}
