using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>
/// SIGHUP asks for a reload and ends nobody. A node that it ends says so by its exit code, however soon SIGTERM follows: signals are
/// handled in their order.
/// </summary>
public sealed class HangUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_without_TLS_has_nothing_to_reload_and_goes_on()
    {
        await using var workshop = new Workshop();
        var app = workshop.App();
        var node = workshop.Node(app.Port);
        node.Flags = node.Flags with { Drain = TimeSpan.FromMilliseconds(100) };
        app.Start();
        node.Start();
        await node.ReadyAsync("write", Cancellation);
        Assert.Equal(201, (await OneWrite.RegisterAsync(node.Address, "before", Cancellation)).Status);

        node.Process.Send(Signal.HangUp);
        var after = await OneWrite.RegisterAsync(node.Address, "after", Cancellation);
        node.Process.Send(Signal.Terminate);

        Assert.True(await node.Process.WaitExitAsync(Cancellation) == 0, node.Description);
        Assert.Equal(201, after.Status);
        Assert.DoesNotContain("TLS", node.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_front_door_goes_on_with_the_certificate_that_is_there_now(bool hasTls)
    {
        await using var workshop = new Workshop();
        var certificates = hasTls ? await TestCertificates.MakeAsync(workshop.Path("certs"), ["front"], Cancellation) : null;
        var (listen, registry) = (workshop.Ports.Next(), workshop.Ports.Next());
        var workers = new Uri($"{(hasTls ? "https" : "http")}://127.0.0.1:{listen}/workers");
        string[] tls = certificates?.Of("front") is { } own ? ["--tls-cert", own.Certificate, "--tls-key", own.Key] : [];
        var door = workshop.Start(
            "door", Repository.TeeChain,
            ["gateway", "--listen", $":{listen}", "--registry", "--registry-listen", $":{registry}", "--data", workshop.Path("registry"), "--secret-file", workshop.SecretFile, .. tls]);
        await Eventually.TrueAsync(AnswersAsync, "it listens", Cancellation, () => door.Description);
        var before = await ShownAsync();

        await (certificates?.RenewAsync("front", Cancellation) ?? Task.CompletedTask);
        door.Send(Signal.HangUp);

        await Eventually.TrueAsync(async () => !hasTls || await ShownAsync() != before, "it shows its new certificate", Cancellation, () => door.Description);
        for (var i = 0; i < 100; i++) // one that was about to end would be gone by then
        {
            Assert.True(await AnswersAsync(), door.Description);
        }

        door.Send(Signal.Terminate);
        Assert.True(await door.WaitExitAsync(Cancellation) == 0, door.Description);

        async Task<bool> AnswersAsync()
        {
            using var answer = await Loopback.Control.GetAsync(workers, Cancellation);
            return answer.IsSuccessStatusCode;
        }

        Task<string> ShownAsync() => hasTls ? TestCertificates.ShownAtAsync(workers, Cancellation) : Task.FromResult("");
    }
}
