using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Processes;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>A real HAProxy with what <c>up</c> would give it, in a folder of its own; it listens on sockets there, so that no port is needed.</summary>
internal sealed class RealHaproxy : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("teechain-ha-");
    private readonly HaproxyFront _front;
    private readonly ConcurrentQueue<string?> _log = [];
    private Process? _process;

    /// <param name="statsPassword">Null: one is made.</param>
    public RealHaproxy(string? registry = null, string? statsPassword = null)
    {
        var program = HaproxyFront.Find(Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin")
            ?? throw new InvalidOperationException("These tests need HAProxy (apt-get install haproxy).");
        _front = new HaproxyFront(
            program, _folder.FullName, "front", $"unix@{HttpSocket}", new StatsPage($"unix@{StatsSocket}", "teechain", statsPassword), registry, BundledConfiguration.Load(), new HostNames(TimeProvider.System));
        Api = new RuntimeApi(_front.Socket, RuntimeApi.DefaultTimeout, TimeProvider.System);
        Client = ClientOf(HttpSocket);
    }

    public RuntimeApi Api { get; }

    public string Socket => _front.Socket;

    public HttpClient Client { get; }

    /// <summary>Both outputs of all its runs.</summary>
    public string Log => string.Join('\n', _log);

    private string HttpSocket => Path("http.sock");

    private string StatsSocket => Path("stats.sock");

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <param name="view">With whom it begins.</param>
    /// <param name="adjust">Changes its configuration.</param>
    public async Task StartAsync(FleetView view, Func<string, string>? adjust = null)
    {
        var command = await _front.PrepareAsync(view, TestContext.Current.CancellationToken);
        Assert.Null(command.Refusal);
        await File.WriteAllTextAsync(_front.Configuration, (adjust ?? (text => text))(await File.ReadAllTextAsync(_front.Configuration)));
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data);
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Polling.UntilAsync(
            async () => await Api.AskAsync(["show info"], TestContext.Current.CancellationToken) is RuntimeAnswer.Said ? null : Log, "HAProxy answers");
    }

    /// <summary>As <c>up</c> does it: what is on its way is finished. Whether it ended within the time.</summary>
    public async Task<bool> FinishAsync(TimeSpan longest)
    {
        Signals.Send(_process!.Id, Signals.User1);
        using var patience = new CancellationTokenSource(longest);
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _process.HasExited;
    }

    /// <summary>A connection of one's own to where clients come in.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellation) => ConnectAsync(HttpSocket, cancellation);

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks again where HAProxy breaks off: it may do so while it starts.</summary>
    public async Task<FrontSnapshot> LookAsync()
    {
        FrontSnapshot? seen = null;
        await Polling.UntilAsync(
            async () =>
            {
                var answer = await Api.AskAsync(FrontSnapshot.Commands, TestContext.Current.CancellationToken);
                seen = answer is RuntimeAnswer.Said said ? FrontSnapshot.Parse(said.Answers) : null;
                return seen is null ? $"{answer}. {Log}" : null;
            },
            "HAProxy says what it has");
        return seen!;
    }

    public async Task<SeenServer?> ServerAsync(string backend, string name) =>
        (await LookAsync()).Servers.SingleOrDefault(server => server.Id == new ServerId(backend, name));

    /// <summary>Status and body.</summary>
    public async Task<string> AskAsync(HttpMethod method, string path = "/")
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }

    /// <summary>What the stats page answers to that user.</summary>
    public async Task<int> StatsStatusAsync(string user, string password)
    {
        using var client = ClientOf(StatsSocket);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
        {
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    // A connection a request: this is about which server HAProxy chooses.
    private static HttpClient ClientOf(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation),
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        BaseAddress = new Uri("http://front"),
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
