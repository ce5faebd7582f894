using System.Globalization;
using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>A chain of teeproxies, each with its journal on the disk.</summary>
/// <param name="Order">total or key.</param>
/// <param name="Ack">local, next or chain.</param>
internal sealed record TeeChainSystem(string Order, string Ack, int Nodes)
{
    public const int Lanes = 16;

    public Contestant Contestant => new($"TeeChain, {(Order == "total" ? "total order" : $"key order, {Lanes} lanes")}, ack {Ack}", Nodes, Contestant.WithBody, StartAsync);

    public async Task<RunningSystem> StartAsync(Arena arena)
    {
        var nodes = Plan(arena);
        var running = new RunningSystem([nodes[0].Listen], [.. nodes.Select(node => node.Start(arena))]);
        await FoundAsync(arena, nodes, running.Proxies);
        return running;
    }

    /// <summary>The nodes with fresh folders; nothing runs yet.</summary>
    public IReadOnlyList<TeeProxyNode> Plan(Arena arena)
    {
        IPEndPoint[] listens = [.. Enumerable.Range(0, Nodes).Select(_ => arena.FreeAddress())];
        string[] order = Order == "total" ? [] : ["--order", "key", "--key", "form:user", "--lanes", Lanes.ToString(CultureInfo.InvariantCulture)];
        return
        [
            .. arena.Nodes(Nodes).Select((application, i) => new TeeProxyNode(
                $"teeproxy{i + 1}",
                listens[i],
                arena.FreeAddress(),
                ["--local", $"{application}", "--data", arena.Fresh($"node{i + 1}"), "--ack", Ack, .. order, .. i + 1 < Nodes ? (string[])["--next", $"{listens[i + 1]}"] : []])),
        ];
    }

    /// <summary>The first write founds the chain; every node is to be in step behind it.</summary>
    public static async Task FoundAsync(Arena arena, IReadOnlyList<TeeProxyNode> nodes, IReadOnlyList<Child> processes)
    {
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var admin = nodes[i].Admin;
            await processes[i].UntilAsync("it lives", () => Web.IsGoodAsync(arena.Http, $"http://{admin}/livez"));
        }

        await processes[0].UntilAsync("it took the first write", async () =>
        {
            using var answer = await arena.Http.PostAsync($"http://{nodes[0].Listen}/register", new StringContent("user=u0000&password=first&id=0000000000", null, "application/x-www-form-urlencoded"));
            return answer.IsSuccessStatusCode;
        });
        for (var i = 0; i < nodes.Count; i++)
        {
            var admin = nodes[i].Admin;
            await processes[i].UntilAsync("it is in step", () => Web.IsGoodAsync(arena.Http, $"http://{admin}/readyz/read"));
        }
    }
}
