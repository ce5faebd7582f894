using System.Security.Cryptography;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A chain of real processes: sample applications, teeproxies with a secret and journals of their own, and, if planned,
/// HAProxy. Each part can be killed and started again, on its ports and with its data. Belongs to one test.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const string FrontName = "front";

    private readonly TestFolder _folder;

    private Fleet(FleetPlan plan, TestFolder folder, TestCertificates? certificates)
    {
        (_folder, Certificates) = (folder, certificates);
        var ports = Ports.Reserve();
        var secret = _folder.File("secret");
        File.WriteAllText(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Apps = [.. Enumerable.Range(0, plan.Nodes).Select(i => new SampleApp($"app{i + 1}", ports.Next(), _folder.Path) { Delay = plan.Delay })];
        var listen = Apps.Select(_ => ports.Next()).ToArray();
        Nodes = [.. Apps.Select((app, i) => new TeeProxyNode(
            NameOf(i),
            plan.Adjust(i, new NodeFlags
            {
                Listen = listen[i],
                Admin = ports.Next(),
                Local = app.Port,
                Next = i + 1 < plan.Nodes ? listen[i + 1] : null,
                Spares = plan.HasSpares ? listen[Math.Min(i + 2, plan.Nodes)..] : [],
                Data = _folder.File($"node{i + 1}.journal"),
                SecretFile = secret,
                Tls = certificates?.Of(NameOf(i)),
            }),
            _folder.Path))];
        Front = plan.HasFront ? new HaProxy(_folder.Path, ports, [.. Nodes.Select(node => node.Flags)], certificates?.InOneFile(FrontName)) : null;
    }

    /// <summary>Null where none are planned.</summary>
    public TestCertificates? Certificates { get; }

    public IReadOnlyList<SampleApp> Apps { get; }

    /// <summary>The head first.</summary>
    public IReadOnlyList<TeeProxyNode> Nodes { get; }

    /// <summary>Null where none is planned.</summary>
    public HaProxy? Front { get; }

    public TeeProxyNode Head => Nodes[0];

    /// <summary>Where clients go: HAProxy, or the head where there is none.</summary>
    public Uri Address => Front?.Address ?? Head.Address;

    /// <summary>Starts everything and waits until it takes writes and every node takes reads.</summary>
    public static async Task<Fleet> StartAsync(FleetPlan plan, CancellationToken cancellation)
    {
        var folder = new TestFolder();
        var certificates = plan.HasTls
            ? await TestCertificates.MakeAsync(folder.File("certs"), [.. Enumerable.Range(0, plan.Nodes).Select(NameOf), FrontName], cancellation)
            : null;
        var fleet = new Fleet(plan, folder, certificates);
        try
        {
            fleet.StartAll();
            await fleet.ReadyAsync(cancellation);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>The head takes writes, every node takes reads, and HAProxy has noticed.</summary>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        await Head.ReadyAsync("write", cancellation);
        foreach (var node in Nodes)
        {
            await node.ReadyAsync("read", cancellation);
        }

        await (Front?.ReadyAsync(cancellation) ?? Task.CompletedTask);
    }

    /// <summary>The head, and everybody whom it tells, knows by now that so many nodes count; null for all.</summary>
    public Task ToldAsync(CancellationToken cancellation, int? count = null, IReadOnlyList<TeeProxyNode>? who = null) => Eventually.TrueAsync(
        async () => (await Task.WhenAll((who ?? Nodes).Select(node => node.StatusAsync(cancellation)))).All(status => status.Nodes.Count == (count ?? Nodes.Count)),
        $"{count ?? Nodes.Count} nodes count, and all were told", cancellation);

    public async ValueTask DisposeAsync()
    {
        var parts = new IAsyncDisposable?[] { Front }.Concat(Nodes).Concat(Apps);
        foreach (var part in parts)
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _folder.Dispose();
    }

    private static string NameOf(int node) => $"node{node + 1}";

    private void StartAll()
    {
        Apps.ToList().ForEach(app => app.Start());
        // From the tail, so that each finds its successor listening.
        Nodes.Reverse().ToList().ForEach(node => node.Start());
        Front?.Start();
    }
}
