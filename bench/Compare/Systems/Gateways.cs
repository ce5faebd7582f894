using Compare.Processes;

namespace Compare.Systems;

/// <summary>The embedded front door with all that belongs to it, and plain YARP; both before the same three applications.</summary>
internal static class Gateways
{
    private const int Nodes = 3;

    public static Contestant PlainYarp { get; } = new("plain YARP, one static cluster", Nodes, Contestant.WithBody, StartYarpAsync);

    public static Contestant TeeChain { get; } = new("teechain gateway, registry and statistics", Nodes, Contestant.WithBody, StartGatewayAsync);

    private static async Task<RunningSystem> StartYarpAsync(Arena arena)
    {
        var listen = arena.FreeAddress();
        var yarp = Child.Start("yarp", arena.Folder, Environment.ProcessPath!, "yarp", "--port", $"{listen.Port}", "--to", string.Join(',', arena.Nodes(Nodes)));
        await yarp.UntilAsync("it answers", () => Web.IsGoodAsync(arena.Http, $"http://{listen}/"));
        return new RunningSystem([listen], [yarp]);
    }

    private static async Task<RunningSystem> StartGatewayAsync(Arena arena)
    {
        var (listen, registry) = (arena.FreeAddress(), arena.FreeAddress());
        var folder = arena.Fresh("gateway");
        var secret = Path.Combine(folder, "secret");
        await File.WriteAllTextAsync(secret, Guid.NewGuid().ToString("N"));
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var gateway = Child.Start(
            "gateway", folder, arena.TeeChain, "gateway", "--listen", $"{listen}", "--registry", "--registry-listen", $"{registry}",
            "--data", Path.Combine(folder, "registry"), "--secret-file", secret, "--stats-db", Path.Combine(folder, "stats.db"));
        var plan = new TeeChainSystem("total", "local", Nodes).Plan(arena);
        IReadOnlyList<TeeProxyNode> nodes = [.. plan.Select(node => node with { Arguments = [.. node.Arguments, "--secret-file", secret, "--register", $"http://{registry}", "--name", node.Name] })];
        var processes = nodes.Select(node => node.Start(arena)).ToList();
        await TeeChainSystem.FoundAsync(arena, nodes, processes);
        await gateway.UntilAsync("it passes reads", () => Web.IsGoodAsync(arena.Http, $"http://{listen}/login"));
        return new RunningSystem([listen], [gateway, .. processes]);
    }
}
