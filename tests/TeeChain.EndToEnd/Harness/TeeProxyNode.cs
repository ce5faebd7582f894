using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A teeproxy as a process. It keeps its ports and its journal across restarts.</summary>
internal sealed class TeeProxyNode(string name, NodeFlags flags, string folder) : IAsyncDisposable
{
    private static readonly HttpClient Operator = new(Loopback.Handler(connections: 4)) { Timeout = TimeSpan.FromSeconds(30) };

    private RealProcess? _process;

    public string Name => name;

    /// <summary>What the next start uses.</summary>
    public NodeFlags Flags { get; set; } = flags;

    public Uri Address => new($"{Scheme}://{Flags.Machine.Address}:{Flags.Listen}");

    public Uri Admin => new($"{Scheme}://{Flags.Machine.Address}:{Flags.Admin}");

    public RealProcess Process => _process ?? throw new InvalidOperationException($"{name} was never started.");

    public string Log => Process.Log;

    /// <summary>What to say of it when an assertion fails; also of a node that somebody else started.</summary>
    public string Description => _process?.Description ?? $"{name} at {Admin}";

    public void Start()
    {
        Assert.True(_process?.HasExited ?? true, $"{name} runs already.");
        _process = Flags.Machine.Start(Repository.TeeProxy, Flags.ToArguments(), Path.Combine(folder, $"{name}.log"));
    }

    /// <summary>Makes a new folder into that of a node that begins behind <paramref name="position"/>, for the next start.</summary>
    public async Task SeedAsync(string data, string chain, string position, CancellationToken cancellation)
    {
        await using var seeding = RealProcess.Start(
            Repository.TeeProxy, ["journal", "seed", data, "--chain", chain, "--position", position], Path.Combine(folder, $"{name}.seed.log"));
        Assert.True(await seeding.WaitExitAsync(cancellation) == 0, seeding.Description);
        Flags = Flags with { Data = data };
    }

    public Task KillAsync(CancellationToken cancellation) => Process.KillAsync(cancellation);

    public async Task<NodeStatus> StatusAsync(CancellationToken cancellation)
    {
        using var answer = await AskAsync("/status", cancellation);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(ProtocolJson.Default.NodeStatus, cancellation))!;
    }

    /// <summary>What an operator does at <c>/admin/</c>, with the fleet's secret.</summary>
    public async Task<(int Status, string Body, string? Version)> AdministerAsync(
        HttpMethod method, string action, CancellationToken cancellation, string? body = null, string? version = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Admin, $"/admin/{action}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Flags.SecretFile!).Trim());
        request.Content = body is null ? null : new StringContent(body);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        using var answer = await Operator.SendAsync(request, cancellation);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation), answer.Headers.ETag?.Tag);
    }

    /// <summary>What the node says of its journal and its application at one sequence.</summary>
    public async Task<StatusAt> StatusAtAsync(long sequence, CancellationToken cancellation)
    {
        using var answer = await AskAsync($"/status?at={sequence}", cancellation);
        return (await answer.Content.ReadFromJsonAsync(ProtocolJson.Default.StatusAt, cancellation))!;
    }

    /// <param name="face"><c>write</c>, <c>read</c> or <c>stale</c>.</param>
    /// <returns>Null when it is ready, else the node's reason.</returns>
    public async Task<string?> NotReadyAsync(string face, CancellationToken cancellation)
    {
        using var answer = await Loopback.Control.GetAsync(new Uri(Admin, $"/readyz/{face}"), cancellation);
        return answer.IsSuccessStatusCode ? null : $"{name} says {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}";
    }

    /// <summary>Waits until it is ready; fails at once when the process has exited.</summary>
    public Task ReadyAsync(string face, CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () =>
        {
            Assert.False(Process.HasExited, Process.HasExited ? Process.Description : "");
            return await NotReadyAsync(face, cancellation) is { } why ? $"{why}\n{Process.Description}" : null;
        },
        $"{name} is ready ({face})", cancellation);

    /// <summary>Waits until it has written down all that a node behind it has now: what goes back is only noticed by who remembers more.</summary>
    public async Task RemembersAsync(TeeProxyNode behind, CancellationToken cancellation)
    {
        var status = await behind.StatusAsync(cancellation);
        await Eventually.NothingWrongAsync(
            async () =>
            {
                using var membership = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Flags.Data, "membership.json"), cancellation));
                var known = membership.RootElement.GetProperty("known").EnumerateArray().Where(node => node.GetProperty("node").GetGuid() == status.NodeId).ToList();
                return known is [var row] && row.GetProperty("durable").GetInt64() >= status.LastSequence ? null : $"It has written down {string.Join(", ", known)}.";
            },
            $"{name} remembers that {behind.Name} had {status.LastSequence}", cancellation);
    }

    public Task NoLongerReadyAsync(string face, CancellationToken cancellation) => Eventually.TrueAsync(
        async () => await NotReadyAsync(face, cancellation) is not null, $"{name} is not ready ({face})", cancellation);

    private string Scheme => Flags.Tls is null ? "http" : "https";

    // On this machine without a secret, as an operator would.
    private async Task<HttpResponseMessage> AskAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Admin, path));
        request.Headers.Authorization = Flags.Machine == Machine.This ? null : new AuthenticationHeaderValue("Bearer", File.ReadAllText(Flags.SecretFile!).Trim());
        return await Loopback.Control.SendAsync(request, cancellation);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
