using System.Text;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>A front door that follows a registry elsewhere, and takes announcements for it.</summary>
public sealed class RemoteDeskTests : IAsyncLifetime
{
    private readonly RegistryFolder _folder = new();
    private readonly HttpClient _http = new();
    private RegistryHost? _registry;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _registry = await RegistryHost.StartAsync(_folder.Registry, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _registry!.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Body_and_answer_are_passed_on_as_they_are()
    {
        using var desk = new RemoteDesk(_registry!.Address);
        await using var door = await RegistryHost.StartAsync(_folder.Registry, desk, Cancellation);
        var body = Encoding.UTF8.GetString(RegistryFolder.Body(AnnouncementSignature.Sign(_folder.Announcement(1), RegistryFolder.Secret)));

        var taken = await PostAsync(door.Address, body);
        var replayed = await PostAsync(door.Address, body);

        Assert.Equal((200, "application/json; charset=utf-8"), (taken.Status, taken.Type));
        Assert.Contains("leaseSeconds", taken.Body, StringComparison.Ordinal);
        Assert.Equal(await PostAsync(_registry.Address, body), replayed);
        Assert.Equal(409, replayed.Status);
        Assert.Equal(["w1"], _folder.Names);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_named()
    {
        var address = _registry!.Address;
        await _registry.DisposeAsync();
        using var desk = new RemoteDesk(address);
        await using var door = await RegistryHost.StartAsync(_folder.Registry, desk, Cancellation);

        var answer = await PostAsync(door.Address, "{}");

        Assert.Equal(502, answer.Status);
        Assert.Contains($"{address}", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_front_doors_that_name_each_other_do_not_pass_it_on_for_ever()
    {
        var address = _registry!.Address;
        using var desk = new RemoteDesk(address);
        await using var door = await RegistryHost.StartAsync(_folder.Registry, desk, Cancellation);
        using var other = new RemoteDesk(door.Address);
        await _registry.DisposeAsync();
        _registry = await RegistryHost.StartAsync(_folder.Registry, other, Cancellation, address: address);

        var answer = await PostAsync(door.Address, "{}");

        Assert.Equal(508, answer.Status);
    }

    private async Task<(int Status, string? Type, string Body)> PostAsync(Uri to, string body)
    {
        using var answer = await _http.PostAsync(new Uri(to, "/register-worker"), new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
