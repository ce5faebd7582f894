extern alias FleetTool;

using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FleetTool::TeeChain.Fleet.Registry;
using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>What <c>POST /register-worker</c> of a real <c>teechain gateway --registry</c> takes, and what it does not.</summary>
public sealed class RegistryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_announcement_is_taken_and_others_are_refused_with_the_reason_and_change_nothing()
    {
        await using var workshop = new Workshop();
        var (front, admin) = (workshop.Ports.Next(), workshop.Ports.Next());
        var secret = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(workshop.SecretFile, Cancellation)).Trim());
        var gateway = workshop.Start(
            "gateway", Repository.TeeChain,
            ["gateway", "--listen", $":{front}", "--registry", "--registry-listen", $":{admin}", "--secret-file", workshop.SecretFile, "--data", workshop.Path("registry")]);
        var door = new Uri($"http://127.0.0.1:{front}");
        await Eventually.NothingWrongAsync(
            async () => await Loopback.Control.GetStringAsync(new Uri(door, "/workers"), Cancellation) is "[]" ? null : "it has workers", "the gateway answers", Cancellation);

        var good = Json(AnnouncementSignature.Sign(Announcement("n1", 1), secret));
        Assert.Equal(200, (await PostAsync(door, good)).Status);
        Assert.Equal("http://127.0.0.1:1", Assert.Single((await Loopback.Control.GetFromJsonAsync<string[]>(new Uri(door, "/workers"), Cancellation))!));

        var other = Announcement("n2", 4);
        var expired = other with { Time = other.Time - (long)(2 * AnnouncementRule.Tolerance).TotalMilliseconds };
        await RefusedAsync(409, "replayed", good);
        await RefusedAsync(401, "signature is wrong", Json(AnnouncementSignature.Sign(other, RandomNumberGenerator.GetBytes(32))));
        await RefusedAsync(401, "signature is wrong", Json(AnnouncementSignature.Sign(other, secret) with { Address = "127.0.0.1:9" }));
        await RefusedAsync(401, "expired", Json(AnnouncementSignature.Sign(expired, secret)));
        Assert.Equal(200, (await PostAsync(door, Json(AnnouncementSignature.Sign(Announcement("n1", 1), secret)))).Status); // Its lease is short.
        await RefusedAsync(409, "taken by", Json(AnnouncementSignature.Sign(Announcement("n1", 4), secret)));
        await RefusedAsync(400, "no announcement", "garbage");
        await RefusedAsync(400, "no announcement", "{}");
        await RefusedAsync(413, "at most", new string('x', AnnouncementRule.MostBytes + 1));
        Assert.False(gateway.HasExited, gateway.Description);

        async Task RefusedAsync(int status, string why, string body)
        {
            var answer = await PostAsync(door, body);
            Assert.Equal(status, answer.Status);
            Assert.Contains(why, answer.Body, StringComparison.Ordinal);
            var view = await Loopback.Control.GetFromJsonAsync(new Uri($"http://127.0.0.1:{admin}/registry"), RegistryJson.Default.FleetView, Cancellation);
            Assert.Equal([("n1", "127.0.0.1:1")], view!.Workers.Select(worker => (worker.Name, worker.Address)));
        }
    }

    [Fact]
    public async Task When_the_disk_does_not_sync_a_newcomer_is_refused_and_nothing_has_changed()
    {
        await using var workshop = new Workshop();
        var fault = await SyncFault.BuildAsync(workshop, Cancellation);
        var (front, admin) = (workshop.Ports.Next(), workshop.Ports.Next());
        var secret = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(workshop.SecretFile, Cancellation)).Trim());
        string[] arguments = ["gateway", "--listen", $":{front}", "--registry", "--registry-listen", $":{admin}", "--secret-file", workshop.SecretFile, "--data", workshop.Path("registry")];
        var gateway = workshop.Start("gateway", Repository.TeeChain, arguments, fault.Environment);
        var registry = new Uri($"http://127.0.0.1:{admin}");
        await KnowsAsync();
        Assert.Equal(200, (await PostAsync(registry, Signed("n1", 1))).Status);

        fault.Trigger();

        var refused = await PostAsync(registry, Signed("n2", 4));
        Assert.Equal(507, refused.Status);
        Assert.Contains("nothing has changed", refused.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await PostAsync(registry, Signed("n1", 1))).Status); // A renewal needs no disk.
        await KnowsAsync("n1");
        await gateway.KillAsync(Cancellation);
        workshop.Start("gateway again", Repository.TeeChain, arguments);
        await KnowsAsync("n1");

        string Signed(string name, int port) => Json(AnnouncementSignature.Sign(Announcement(name, port), secret));

        Task KnowsAsync(params string[] names) => Eventually.NothingWrongAsync(
            async () =>
            {
                var view = await Loopback.Control.GetFromJsonAsync(new Uri(registry, "/registry"), RegistryJson.Default.FleetView, Cancellation);
                return view!.Workers.Select(worker => worker.Name).SequenceEqual(names) ? null : $"it knows {string.Join(", ", view.Workers)}";
            },
            $"the registry knows {string.Join(", ", names)} and nobody else", Cancellation);
    }

    private static Announcement Announcement(string name, int port) => new()
    {
        Name = name,
        Address = $"127.0.0.1:{port}",
        Teeproxy = $"127.0.0.1:{port + 1}",
        Admin = $"127.0.0.1:{port + 2}",
        Time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
    };

    private static string Json(Announcement announcement) => JsonSerializer.Serialize(announcement, ProtocolJson.Default.Announcement);

    private static async Task<(int Status, string Body)> PostAsync(Uri door, string body)
    {
        using var answer = await Loopback.Control.PostAsync(new Uri(door, "/register-worker"), new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
