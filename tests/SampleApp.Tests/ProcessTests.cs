using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace SampleApp.Tests;

/// <summary>The program itself: real sockets, real signals.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sample-app-");
    private readonly List<Process> _processes = [];
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task State_survives_sigkill_of_a_process_that_has_answered()
    {
        var data = Path.Combine(_folder.FullName, "state");
        var (first, address) = await StartAsync("--data", data);
        for (var i = 0; i < 20; i++)
        {
            using var form = new FormUrlEncodedContent([new("user", $"u{i}"), new("password", "p")]);
            using var answer = await _client.PostAsync($"{address}/register", form, TestContext.Current.CancellationToken);
            Assert.Equal(201, (int)answer.StatusCode);
        }

        var before = await StateAsync(address);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        var (_, again) = await StartAsync("--data", data);

        Assert.Equal(20, before.GetProperty("users").GetInt32());
        Assert.Equal(before.ToString(), (await StateAsync(again)).ToString());
    }

    [Fact]
    public async Task Sigterm_ends_it_with_0_and_one_line_was_said()
    {
        var (process, _) = await StartAsync("--name", "remus");

        using var kill = Process.Start("kill", $"-TERM {process.Id}");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_address_in_use_is_one_line_that_suggests_the_flag()
    {
        var (_, address) = await StartAsync();
        var port = new Uri(address).Port;

        var second = Launch("--port", $"{port}");
        var error = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal(
            $"sample-app: 127.0.0.1:{port} is in use by another program; choose another port with --port, or another address with --listen\n",
            error);
    }

    [Fact]
    public async Task A_wrong_flag_exits_2()
    {
        var process = Launch("--reply", "none");
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        Assert.Equal("sample-app: --reply is 'none'; allowed is hello or count\n", error);
    }

    private async Task<JsonElement> StateAsync(string address) =>
        await _client.GetFromJsonAsync<JsonElement>($"{address}/state", TestContext.Current.CancellationToken);

    private async Task<(Process Process, string Address)> StartAsync(params string[] arguments)
    {
        var process = Launch(["--port", "0", .. arguments]);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Matches(@"^sample-app [\w-]+ listening on http://127\.0\.0\.1:\d+$", line);
        return (process, line![line!.IndexOf("http", StringComparison.Ordinal)..]);
    }

    private Process Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        arguments.ToList().ForEach(start.ArgumentList.Add);
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }
}
