using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TeeChain.EndToEnd.Harness;
using TeeChain.Fleet.Tests.Haproxy;

namespace TeeChain.Fleet.Tests.Options;

/// <summary>The program itself: the verbs that run on and log do it as JSON where they are told to, by flag or by variable.</summary>
public sealed class JsonLogTests
{
    private readonly Ports _ports = Ports.Reserve();

    [Fact]
    public Task The_gateway_logs_json() =>
        LogsJsonAsync(registry => ["gateway", "--listen", $":{_ports.Next()}", "--registry-url", registry, "--log", "json"], new());

    [Fact]
    public Task The_keeper_of_HAProxy_logs_json() =>
        LogsJsonAsync(registry => ["haproxy", "--socket", "/no/such/socket", "--registry", registry], new() { ["TEECHAIN_FLEET_HAPROXY_LOG"] = "json" });

    private async Task LogsJsonAsync(Func<string, string[]> arguments, Dictionary<string, string> environment)
    {
        var registry = $"http://127.0.0.1:{_ports.Next()}"; // nobody listens
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "teechain.dll"), .. arguments(registry)]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        ConcurrentQueue<string> lines = [];
        using var program = Process.Start(start)!;
        try
        {
            program.OutputDataReceived += (_, said) =>
            {
                if (said.Data is { } line)
                {
                    lines.Enqueue(line);
                }
            };
            program.BeginOutputReadLine();
            await Polling.UntilAsync(() => Task.FromResult(lines.Any(line => line.Contains("registry_lost", StringComparison.Ordinal)) ? null : string.Join('\n', lines)), "the lost registry is logged");
            using var kill = Process.Start("kill", ["-TERM", program.Id.ToString(CultureInfo.InvariantCulture)]);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            program.Kill(); // whoever has ended is past it
        }

        Assert.Equal(0, program.ExitCode);
        var events = lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.All(events, one => Assert.Equal(["timestamp", "level", "event", "category", "message", "fields"], one.EnumerateObject().Select(member => member.Name)));
        var lost = Assert.Single(events, one => one.GetProperty("event").GetString() == "registry_lost");
        Assert.Equal(("warning", "TeeChain.Fleet.Registry.RemoteFleet"), (lost.GetProperty("level").GetString(), lost.GetProperty("category").GetString()));
        Assert.Equal($"{registry}/", lost.GetProperty("fields").GetProperty("Registry").GetString());
    }
}
