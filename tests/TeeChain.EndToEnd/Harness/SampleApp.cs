using System.Net.Http.Json;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A sample application as a process. It keeps its port, and its users in its data file, across restarts.</summary>
internal sealed class SampleApp(string name, int port, string folder) : IAsyncDisposable
{
    private RealProcess? _process;

    public string Name => name;

    public int Port => port;

    /// <summary>How long it takes for a write, from the next start on.</summary>
    public TimeSpan Delay { get; init; }

    public Machine Machine { get; init; } = Machine.This;

    public Uri Address => new($"http://{Machine.Address}:{port}");

    public RealProcess Process => _process ?? throw new InvalidOperationException($"{name} was never started.");

    public void Start()
    {
        Assert.True(_process?.HasExited ?? true, $"{name} runs already.");
        _process = Machine.Start(
            Repository.SampleApp,
            ["--listen", Machine.Address, "--port", $"{port}", "--name", name, "--data", StateFile, "--test-controls", "--delay", $"{(int)Delay.TotalMilliseconds}ms"],
            Path.Combine(folder, $"{name}.log"));
    }

    /// <summary>Begins its next run with a copy of what another has now; nothing must be written there meanwhile.</summary>
    public Task TakeStateAsync(SampleApp other, CancellationToken cancellation) => Copy.FileAsync(other.StateFile, StateFile, cancellation);

    public Task KeepStateAsync(CancellationToken cancellation) => Copy.FileAsync(StateFile, StateFile + ".kept", cancellation);

    public Task RestoreStateAsync(CancellationToken cancellation) => Copy.FileAsync(StateFile + ".kept", StateFile, cancellation);

    public void LoseState() => File.Delete(StateFile);

    public async Task StartAsync(CancellationToken cancellation)
    {
        Start();
        await AnsweringAsync(cancellation);
    }

    public Task KillAsync(CancellationToken cancellation) => Process.KillAsync(cancellation);

    public Task AnsweringAsync(CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () =>
        {
            Assert.False(Process.HasExited, Process.HasExited ? Process.Description : "");
            await StateAsync(cancellation);
            return null;
        },
        $"{name} answers", cancellation);

    public async Task<AppState> StateAsync(CancellationToken cancellation) =>
        (await Loopback.Control.GetFromJsonAsync<AppState>(new Uri(Address, "/state"), cancellation))!;

    /// <summary>Everything that ever arrived, in order, over all runs with this data file.</summary>
    public async Task<AppLog> LogAsync(CancellationToken cancellation)
    {
        var all = new AppLog([], []);
        for (long after = 0; ;)
        {
            var page = (await Loopback.Control.GetFromJsonAsync<AppLogPage>(new Uri(Address, $"/state/log?after={after}"), cancellation))!;
            Assert.True(page.First == after + 1, $"{name} keeps its arrivals from {page.First} on only: the load is too long for the test.");
            all.Applied.AddRange(page.Applied);
            all.Discarded.AddRange(page.Discarded);
            if (page.Next == after)
            {
                return all;
            }

            after = page.Next;
        }
    }

    /// <summary>Every write (of one user, if named) hangs for so long, before or after it is applied; zero lets go all that hang.</summary>
    public Task HangAsync(TimeSpan time, CancellationToken cancellation, string at = "before", string? user = null) =>
        ControlAsync($"/test/hang?ms={(int)time.TotalMilliseconds}&at={at}", user, cancellation);

    /// <summary>Every write (of one user, if named) is answered with this status and not applied; 0 ends it.</summary>
    public Task FailWritesAsync(int status, CancellationToken cancellation, string? user = null) =>
        ControlAsync($"/test/fail-writes?status={status}", user, cancellation);

    /// <summary>Every write (of one user, if named) is applied and answered with this status; 0 ends it.</summary>
    public Task MutateAnswersAsync(int status, CancellationToken cancellation, string? user = null) =>
        ControlAsync($"/test/mutate-answers?status={status}", user, cancellation);

    /// <summary>Every write (of one user, if named) is answered with this token in its body; 0 ends it.</summary>
    public Task MutateBodiesAsync(int token, CancellationToken cancellation, string? user = null) =>
        ControlAsync($"/test/mutate-bodies?token={token}", user, cancellation);

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string StateFile => Path.Combine(folder, $"{name}.state");

    private async Task ControlAsync(string path, string? user, CancellationToken cancellation)
    {
        var address = new Uri(Address, user is null ? path : $"{path}&user={Uri.EscapeDataString(user)}");
        using var answer = await Loopback.Control.PostAsync(address, new ByteArrayContent([]), cancellation);
        answer.EnsureSuccessStatusCode();
    }
}
