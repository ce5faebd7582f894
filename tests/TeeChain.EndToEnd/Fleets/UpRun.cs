extern alias FleetTool;

using System.Net;
using FleetTool::TeeChain.Fleet.Processes;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>
/// <c>teechain up</c> with a file of its own, in a folder of its own, on ports of its own. It can be stopped, killed and
/// started again. Whatever it has started ends with the test. Belongs to one test.
/// </summary>
internal sealed class UpRun : IAsyncDisposable
{
    private static readonly TimeSpan SweepPatience = TimeSpan.FromSeconds(10);

    private readonly TestFolder _folder = new();
    private readonly MovedFile _file;
    private RealProcess? _process;

    /// <param name="text">Of the fleet's file; its ports are moved.</param>
    /// <param name="names">The first workers, as the file names them.</param>
    public UpRun(string text, params IReadOnlyList<string> names)
    {
        _file = new MovedFile(text, Ports.Reserve().Base);
        Names = names;
        File.WriteAllText(_folder.File("fleet.yaml"), _file.Text);
    }

    /// <summary>The workers that there should be, in the order of the chain.</summary>
    public IReadOnlyList<string> Names { get; set; }

    public RealProcess Process => _process ?? throw new InvalidOperationException("up was never started.");

    public string Description => $"{Process.Description}\nThe fleet is in {_folder.Path}.";

    /// <summary>The registry's own port.</summary>
    public Uri Registry => At("registry-port");

    public IReadOnlyList<SampleApp> Apps => [.. Names.Select((name, i) => new SampleApp(name, _file["worker-port"] + i, _folder.Path))];

    /// <summary>To be asked, not to be started.</summary>
    public IReadOnlyList<TeeProxyNode> Nodes => [.. Names.Select((name, i) => new TeeProxyNode(
        name, new NodeFlags { Listen = _file["tee-port"] + i, Admin = _file["admin-port"] + i, Local = _file["worker-port"] + i, Data = "" }, _folder.Path))];

    /// <summary>What its processes find in their environment besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Of all that this reads.</summary>
    public Tally Tally { get; } = new();

    private string Data => _folder.File("data");

    /// <param name="number">From 1.</param>
    public Uri Balancer(int number = 1) => At("balancer-port", number);

    public string PathOf(string name) => _folder.File(name);

    /// <summary>Of the fleet's file, for the next start.</summary>
    public void Edit(string from, string to) =>
        File.WriteAllText(_folder.File("fleet.yaml"), File.ReadAllText(_folder.File("fleet.yaml")).Replace(from, to, StringComparison.Ordinal));

    /// <param name="hasHaproxy">Whether HAProxy is to be found on PATH.</param>
    public void Start(bool hasHaproxy)
    {
        Assert.True(_process?.HasExited ?? true, "up runs already.");
        var path = System.Environment.GetEnvironmentVariable("PATH")!;
        var folders = path.Split(':').Where(folder => hasHaproxy || !File.Exists(Path.Combine(folder, "haproxy")));

        // Whoever starts the tests in the background has them ignore Ctrl-C.
        _process = RealProcess.Start(
            "/usr/bin/env", ["--default-signal=INT", Repository.TeeChain, "up", "-f", "fleet.yaml"], _folder.File("up.log"), _folder.Path,
            new Dictionary<string, string>(Environment) { ["PATH"] = string.Join(':', folders) });
    }

    /// <summary>Starts it and waits until every balancer shows every worker.</summary>
    public async Task StartAsync(bool hasHaproxy, CancellationToken cancellation, int balancers = 1)
    {
        Start(hasHaproxy);
        for (var number = 1; number <= balancers; number++)
        {
            await ShowsAsync(Names, cancellation, number);
        }
    }

    /// <summary>Waits until it ends by itself, in good order, and nothing is left of it.</summary>
    public async Task StopAsync(Signal signal, CancellationToken cancellation)
    {
        Process.Send(signal);
        Assert.True(await Process.WaitExitAsync(cancellation) == 0, Description);
        Assert.Empty(Leftovers.Find(Data));
    }

    /// <summary>SIGKILL to a worker's application or teeproxy.</summary>
    public void Kill(string program, string worker)
    {
        var pid = Leftovers.Find(Data).Single(pid =>
            File.ReadAllText($"/proc/{pid}/cmdline").Split('\0') is [var first, .. var words]
            && Path.GetFileName(first) == program && words.Any(word => word.Contains($"/workers/{worker}/", StringComparison.Ordinal)));
        Signals.Send(pid, Signals.Kill);
    }

    public Task TellsAsync(string line, CancellationToken cancellation) => Eventually.TrueAsync(
        () => Task.FromResult(Process.Log.Contains(line, StringComparison.Ordinal)), $"up tells: {line}", cancellation, () => Description);

    /// <summary>Waits until refreshing a page shows these workers and no other.</summary>
    public Task ShowsAsync(IReadOnlyList<string> names, CancellationToken cancellation, int balancer = 1, TimeSpan? deadline = null) => ReadsAsync(
        $"balancer {balancer} shows {string.Join(", ", names)}", names.Count, shown => shown.ToHashSet().SetEquals(names.Select(Greeting)), balancer, deadline, cancellation);

    /// <summary>Waits until refreshing a page shows these workers one after the other, again and again; nobody else may read meanwhile.</summary>
    public Task ShowsInTurnAsync(CancellationToken cancellation, int balancer = 1) => ReadsAsync(
        $"balancer {balancer} shows {string.Join(", ", Names)} in turn", Names.Count,
        shown => shown.Take(Names.Count).ToHashSet().SetEquals(Names.Select(Greeting)) && shown.Chunk(Names.Count).All(turn => turn.SequenceEqual(shown.Take(Names.Count))),
        balancer, null, cancellation);

    /// <summary><c>teechain scale N</c>, to its end.</summary>
    /// <param name="names">Who is there afterwards.</param>
    public async Task ScaleAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        await using var scale = RealProcess.Start(
            Repository.TeeChain, ["scale", $"{names.Count}", "--registry", $"{Registry}", "--secret-file", Path.Combine(Data, "secret")], _folder.File("scale.log"));
        Assert.True(await scale.WaitExitAsync(cancellation) == 0, $"{scale.Description}\n{Description}");
        Names = names;
    }

    /// <summary>What <c>teechain scale N</c> asks for, without waiting for what comes of it.</summary>
    public async Task AskToScaleAsync(int workers, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Registry, $"/scale?workers={workers}"));
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(Data, "secret"), cancellation)).Trim());
        using var answer = await Loopback.Control.SendAsync(request, cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    public static string Greeting(string name) => $"Hi there, I'm served from {name}!";

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Send(Signal.Terminate);
            await Task.WhenAny(process.WaitExitAsync(CancellationToken.None), Task.Delay(SweepPatience));
            await process.DisposeAsync();
            await Leftovers.EndAsync(Data, SweepPatience, TimeProvider.System, CancellationToken.None);
        }

        _folder.Dispose();
    }

    private Task ReadsAsync(string what, int workers, Func<IReadOnlyList<string>, bool> isSo, int balancer, TimeSpan? deadline, CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () =>
        {
            Assert.False(Process.HasExited, Process.HasExited ? Description : "");
            var shown = new List<string>();
            for (var i = 0; i < 3 * workers; i++)
            {
                shown.Add(await Tally.GetAsync(Balancer(balancer), cancellation) ?? "a failure");
            }

            return isSo(shown) ? null : $"It shows {string.Join(", ", shown)}.\n{Description}";
        },
        what, cancellation, deadline);

    private Uri At(string key, int number = 1) => new($"http://127.0.0.1:{_file[key] + number - 1}");
}
