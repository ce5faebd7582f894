using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>
/// HAProxy in front: writes to one address, reads to the applications in turn. The same for every system, so without the checks that
/// the bundled haproxy.cfg makes of TeeChain's nodes.
/// </summary>
internal static class HaproxyFront
{
    public static async Task<(Child Process, IPEndPoint Listen)> StartAsync(Arena arena, IPEndPoint writes, IReadOnlyList<IPEndPoint> reads)
    {
        var listen = arena.FreeAddress();
        var folder = arena.Fresh("haproxy");
        var configuration = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(configuration, $"""
            global
                fd-hard-limit 20000
            defaults
                mode http
                timeout connect 2s
                timeout client 30s
                timeout server 20s
            frontend http
                bind {listen}
                use_backend writes if METH_POST
                default_backend reads
            backend writes
                server first {writes}
            backend reads
                balance roundrobin
            {string.Concat(reads.Select((address, i) => $"    server node{i + 1} {address}\n"))}
            """);
        var child = Child.Start("haproxy", folder, "haproxy", "-db", "-f", configuration);
        await child.UntilAsync("it answers", () => Web.IsGoodAsync(arena.Http, $"http://{listen}/"));
        return (child, listen);
    }
}
