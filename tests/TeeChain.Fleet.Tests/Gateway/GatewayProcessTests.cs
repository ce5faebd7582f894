using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TeeChain.EndToEnd.Harness;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Tests.Haproxy;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Tests.Gateway;

/// <summary>The program itself: two front doors, one of them with the registry, over one database.</summary>
public sealed class GatewayProcessTests : IDisposable
{
    private static readonly byte[] Secret = "0123456789abcdef0123456789abcdef"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("teechain-").FullName;
    private readonly Ports _ports = Ports.Reserve();
    private readonly List<Process> _started = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public GatewayProcessTests()
    {
        File.WriteAllBytes(SecretFile, Secret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(SecretFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private string SecretFile => Path.Combine(_folder, "secret");

    private string Database => Path.Combine(_folder, "worker-stats.db");

    [Fact]
    public async Task Two_front_doors_share_a_registry_and_a_database_that_outlives_them()
    {
        await using var romulus = await FakeWorker.StartAsync("romulus", FakeWorker.Read, FakeWorker.Head);
        await using var remus = await FakeWorker.StartAsync("remus", FakeWorker.Read);
        var (front, second, registry) = (_ports.Next(), _ports.Next(), _ports.Next());
        using var announcing = new CancellationTokenSource();
        string[] own = ["--listen", $":{front}", "--registry", "--registry-listen", $":{registry}", "--data", Path.Combine(_folder, "registry")];
        string[] other = ["--listen", $":{second}", "--registry-url", $"http://127.0.0.1:{registry}"];
        long sent = 0;

        var (first, follower) = (Start(own), Start(other));
        var announced = AnnounceAsync($"http://127.0.0.1:{second}", announcing.Token, romulus, remus);
        foreach (var port in (int[])[front, second])
        {
            sent += await UntilBothAnswerAsync(port);
        }

        Assert.Equal([$"http://{romulus.Application.Address}", $"http://{remus.Application.Address}"], (await _client.GetFromJsonAsync<string[]>($"http://127.0.0.1:{second}/workers", TestContext.Current.CancellationToken))!);
        await Polling.UntilAsync(
            async () => Number(await StatsAsync(second), "TotalRequests", "total") > 0 ? null : "no request", "the follower shows statistics"); // written once a second
        await announcing.CancelAsync();
        await announced;
        await StopAsync(follower);
        await StopAsync(first);

        var again = Start(own);
        var stats = await StatsAsync(front);
        await StopAsync(again);

        Assert.Equal(sent, Number(stats, "TotalRequests", "total"));
        Assert.Equal(romulus.Reads.Count, Number(stats, "SuccessfulRequests", "romulus"));
        Assert.Equal(remus.Reads.Count, Number(stats, "SuccessfulRequests", "remus"));
    }

    [Fact]
    public async Task A_front_door_listens_once_it_knows_who_is_ready_so_that_its_first_read_is_answered()
    {
        await using var romulus = await FakeWorker.StartAsync("romulus", FakeWorker.Read, FakeWorker.Head);
        await using var registry = new FakeServer(async context =>
        {
            await Task.Delay(1000, context.RequestAborted); // A busy registry; then a long poll.
            await context.Response.WriteAsJsonAsync(new FleetView(1, [romulus.As()]), RegistryJson.Default.FleetView, cancellationToken: context.RequestAborted);
        });
        await registry.StartAsync();
        var front = _ports.Next();

        var gateway = Start(["--listen", $":{front}", "--registry-url", $"http://{registry.Address}", "--health-interval", "1m"]);
        using var answer = await FirstAnswerAsync(front);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await StopAsync(gateway);
    }

    [Fact]
    public async Task A_front_door_without_a_registry_listens_all_the_same()
    {
        var front = _ports.Next();

        var gateway = Start(["--listen", $":{front}", "--registry-url", $"http://127.0.0.1:{_ports.Next()}"]);
        using var answer = await FirstAnswerAsync(front);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await StopAsync(gateway);
    }

    [Fact]
    public async Task A_database_of_another_release_ends_the_start_with_a_reason()
    {
        await File.WriteAllTextAsync(Database, new string('x', 5000), TestContext.Current.CancellationToken);

        var gateway = Start(["--listen", $":{_ports.Next()}", "--registry-url", $"http://127.0.0.1:{_ports.Next()}"]);
        await gateway.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(1, gateway.ExitCode);
        Assert.Contains("no SQLite database", await gateway.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_SQLites_library_one_line_says_what_is_missing()
    {
        // The programs alone, without what tells .NET where the library is: as somebody copies them.
        var alone = Directory.CreateDirectory(Path.Combine(_folder, "alone")).FullName;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(file, Path.Combine(alone, Path.GetFileName(file)));
        }

        File.Copy(Path.Combine(AppContext.BaseDirectory, "teechain.runtimeconfig.json"), Path.Combine(alone, "teechain.runtimeconfig.json"));

        var gateway = Start(["--listen", $":{_ports.Next()}", "--registry-url", $"http://127.0.0.1:{_ports.Next()}"], alone);
        await gateway.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(2, gateway.ExitCode);
        var said = await gateway.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"teechain: --stats-db needs SQLite's native library, and libe_sqlite3.so is missing in {alone}/ or not for this machine: put it beside teechain, or leave --stats-db out.\n", said);
    }

    public void Dispose()
    {
        _client.Dispose();
        foreach (var gateway in _started)
        {
            gateway.Kill(); // whoever has ended is past it
            gateway.WaitForExit();
            gateway.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Process Start(string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(folder ?? AppContext.BaseDirectory, "teechain.dll"), "gateway", "--secret-file", SecretFile, "--stats-db", Database, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var gateway = Process.Start(start)!;
        _started.Add(gateway);
        gateway.BeginOutputReadLine();
        return gateway;
    }

    /// <summary>Signed announcements, renewed as nodes do it.</summary>
    private async Task AnnounceAsync(string registry, CancellationToken cancellation, params FakeWorker[] workers)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var worker in workers)
            {
                var announcement = AnnouncementSignature.Sign(
                    new Announcement
                    {
                        Name = worker.Name,
                        Address = worker.Application.Address,
                        Teeproxy = worker.Teeproxy.Address,
                        Admin = worker.Admin.Address,
                        Time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                        Nonce = Guid.NewGuid().ToString("N"),
                    },
                    Secret);
                try
                {
                    using var answer = await _client.PostAsJsonAsync($"{registry}/register-worker", announcement, cancellation);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    // It is not there yet, or not any more.
                }
            }

            await Task.Delay(500, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How many requests were answered until then.</returns>
    private async Task<long> UntilBothAnswerAsync(int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HashSet<string> seen = [];
        for (var answered = 0L; ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            Assert.False(deadline.IsCancellationRequested, $"only {string.Join(", ", seen)} answered within 60 s");
            try
            {
                using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
                answered++;
                seen.Add(answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : "");
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (seen.IsSupersetOf(["romulus", "remus"]))
            {
                return answered;
            }
        }
    }

    /// <summary>Of a front door, once it listens.</summary>
    private async Task<HttpResponseMessage> FirstAnswerAsync(int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return await _client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
            }
            catch (HttpRequestException) when (!deadline.IsCancellationRequested)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<JsonNode> StatsAsync(int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return (await _client.GetFromJsonAsync<JsonNode>($"http://127.0.0.1:{port}/worker/stats", TestContext.Current.CancellationToken))!;
            }
            catch (HttpRequestException) when (!deadline.IsCancellationRequested)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private static long Number(JsonNode stats, string what, string who) =>
        stats[what]!.AsArray().Select(one => one!.AsObject().Single()).Single(one => one.Key == who).Value!.GetValue<long>();

    private static async Task StopAsync(Process gateway)
    {
        using var kill = Process.Start("kill", ["-TERM", gateway.Id.ToString(CultureInfo.InvariantCulture)]);
        await gateway.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, gateway.ExitCode);
    }
}
