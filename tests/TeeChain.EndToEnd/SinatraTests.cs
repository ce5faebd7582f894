using System.Net;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Any application server will do: the example in Ruby, by itself and in company.</summary>
public sealed class SinatraTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>How many nodes, and how many of them with Ruby; a longer chain only where there is time.</summary>
    public static TheoryData<int, int> Chains => Repository.IsAll ? new() { { 2, 1 }, { 3, 3 } } : new() { { 2, 1 } };

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task A_chain_serves_the_ruby_example(int length, int rubies)
    {
        await using var workshop = new Workshop();
        Assert.SkipUnless(
            (await workshop.RunAsync("ruby", "ruby", ["-e", "require 'sinatra/base'; require 'puma'"], Cancellation)).Code == 0,
            "ruby-sinatra and puma are not installed: apt-get install ruby-sinatra puma");
        List<TeeProxyNode> nodes = []; // from the tail, so that each finds its successor listening
        for (var number = length - 1; number >= 0; number--)
        {
            var local = number < rubies ? StartRuby(workshop, number) : StartSample(workshop);
            nodes.Add(workshop.Node(local, next: nodes.LastOrDefault()?.Flags.Listen));
        }

        var head = nodes[^1];
        foreach (var node in nodes)
        {
            node.Start();
        }

        foreach (var node in nodes)
        {
            await node.ReadyAsync("read", Cancellation);
        }

        var unknown = await OneWrite.RegisterAsync(head.Address, "ada", Cancellation, path: "/changePassword");
        var registered = await OneWrite.RegisterAsync(head.Address, "ada", Cancellation, password: "first & only");
        var again = await OneWrite.RegisterAsync(head.Address, "ada", Cancellation);
        var changed = await OneWrite.RegisterAsync(head.Address, "ada", Cancellation, path: "/changePassword", password: "zweites Paßwort");
        using var load = new Load(head.Address, connections: 8);
        var writes = await load.WriteAsync(100, Cancellation);

        Assert.Equal((404, 201, 409, 200), (unknown.Status, registered.Status, again.Status, changed.Status));
        Assert.Equal("{\"user\":\"ada\",\"version\":2}", changed.Body);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        await Agreement.SettledAsync(nodes, Cancellation);
        foreach (var node in nodes)
        {
            Assert.Equal((HttpStatusCode.OK, "{\"user\":\"ada\",\"version\":2}"), await GetAsync(node, "/login?user=ada&password=zweites%20Pa%C3%9Fwort"));
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(node, "/login?user=ada&password=first%20%26%20only")).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(node, $"/login?user={writes[^1].User}")).Status);
            var status = await node.StatusAsync(Cancellation);
            Assert.True(status.Divergences == 0 && status.Redelivered == 0, $"{node.Name}: {string.Join(", ", status.RecentDivergences)}, {status.Redelivered} redelivered");
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(TeeProxyNode node, string path)
    {
        using var answer = await Loopback.Control.GetAsync(new Uri(node.Address, path), Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static int StartSample(Workshop workshop)
    {
        var app = workshop.App();
        app.Start();
        return app.Port;
    }

    private static int StartRuby(Workshop workshop, int number)
    {
        var port = workshop.Ports.Next();
        workshop.Start($"ruby{number + 1}", "ruby", [Path.Combine(Repository.Root, "examples", "sw-4567.rb"), "-p", $"{port}"]);
        return port;
    }
}
