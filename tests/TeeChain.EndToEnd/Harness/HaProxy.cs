using System.Net.Http.Headers;
using System.Text;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A real HAProxy with the repository's haproxy.cfg, whose addresses are moved by environment variables. The file lists
/// three nodes: for more, a copy with more server lines is used; for fewer, the others are never there.
/// </summary>
/// <param name="certificate">For clients, with its key, where nodes speak TLS too; null: without.</param>
internal sealed class HaProxy(string folder, Ports ports, IReadOnlyList<NodeFlags> nodes, string? certificate = null) : IAsyncDisposable
{
    private const int BundledNodes = 3;
    private const string User = "teechain";
    private const string Password = "teechain-tests";

    private readonly int _http = ports.Next();
    private readonly int _https = certificate is null ? 0 : ports.Next();
    private readonly int _stats = ports.Next();
    private RealProcess? _process;

    /// <summary>Where clients go.</summary>
    public Uri Address => certificate is null ? new($"http://127.0.0.1:{_http}") : new($"https://127.0.0.1:{_https}");

    /// <summary>Of the Runtime API.</summary>
    public string Socket { get; } = Path.Combine(folder, "haproxy.sock");

    public RealProcess Process => _process ?? throw new InvalidOperationException("HAProxy was never started.");

    /// <summary>What the file calls node <paramref name="number"/> (from 0).</summary>
    public static string ServerName(int number) => number switch { 0 => "romulus", 1 => "remus", _ => $"node{number + 1}" };

    public void Start()
    {
        var environment = new Dictionary<string, string>
        {
            ["TEECHAIN_HTTP_BIND"] = $"127.0.0.1:{_http}",
            ["TEECHAIN_STATS_BIND"] = $"127.0.0.1:{_stats}",
            ["TEECHAIN_STATS_USER"] = User,
            ["TEECHAIN_STATS_PASSWORD"] = Password,
            ["TEECHAIN_HAPROXY_SOCKET"] = Socket,
        };
        for (var i = 0; i < Math.Max(nodes.Count, BundledNodes); i++)
        {
            var node = i < nodes.Count ? nodes[i] : null;
            environment[$"TEECHAIN_NODE{i + 1}_TEEPROXY"] = $"127.0.0.1:{node?.Listen ?? ports.Next()}";
            environment[$"TEECHAIN_NODE{i + 1}_APP"] = $"127.0.0.1:{(certificate is null ? node?.Local : node?.Listen) ?? ports.Next()}";
            environment[$"TEECHAIN_NODE{i + 1}_ADMIN_PORT"] = $"{node?.Admin ?? ports.Next()}";
        }

        if (certificate is not null)
        {
            environment["TEECHAIN_HTTPS_BIND"] = $"127.0.0.1:{_https}";
            environment["TEECHAIN_HTTPS_CERT"] = certificate;
            environment["TEECHAIN_NODES_CA"] = nodes[0].Tls!.Authority;
        }

        _process = RealProcess.Start("haproxy", ["-db", "-f", Configuration()], Path.Combine(folder, "haproxy.log"), environment: environment);
    }

    public async Task<IReadOnlyList<FrontRow>> StatsAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_stats}/;csv");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        using var answer = await Loopback.Control.SendAsync(request, cancellation);
        return FrontRow.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation));
    }

    /// <summary>One server (from 0) of a backend: <c>writes</c>, <c>reads</c> or <c>reads_stale</c>.</summary>
    public async Task<FrontRow> ServerAsync(string backend, int node, CancellationToken cancellation) =>
        (await StatsAsync(cancellation)).Single(row => row.Proxy == backend && row.Server == ServerName(node));

    /// <summary>Waits until HAProxy itself finds that node <paramref name="node"/> takes reads, or does not.</summary>
    public Task ReadsAsync(int node, bool isUp, CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () => await ServerAsync("reads", node, cancellation) is var row && row.IsUp == isUp ? null : $"It is {row.Status}.\n{Process.Description}",
        $"HAProxy {(isUp ? "sends reads" : "sends no reads")} to {ServerName(node)}", cancellation);

    /// <summary>Waits until it sends writes to a head and reads to every node.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () =>
        {
            Assert.False(Process.HasExited, Process.HasExited ? Process.Description : "");
            var up = (await StatsAsync(cancellation)).Where(row => row is { IsServer: true, IsUp: true }).ToLookup(row => row.Proxy);
            return (up["writes"].Any() || up["writes_first"].Any()) && up["reads"].Count() == nodes.Count
                ? null
                : $"It has {up["writes"].Count()} for writes and {up["reads"].Count()} for reads.\n{Process.Description}";
        },
        $"HAProxy has a head for writes and {nodes.Count} nodes for reads", cancellation);

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Configuration()
    {
        if (nodes.Count <= BundledNodes)
        {
            return Repository.FrontConfiguration;
        }

        var copy = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllLines(copy, File.ReadLines(Repository.FrontConfiguration).SelectMany(line =>
            line.Contains($"TEECHAIN_NODE{BundledNodes}_", StringComparison.Ordinal)
                ? Enumerable.Range(BundledNodes, nodes.Count - BundledNodes + 1).Select(number => line
                    .Replace($"NODE{BundledNodes}_", $"NODE{number}_", StringComparison.Ordinal)
                    .Replace($"node{BundledNodes} ", $"node{number} ", StringComparison.Ordinal))
                : [line]));
        return copy;
    }
}
