using System.Net.Http.Headers;
using System.Text.Json;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Tests.Registry;

public sealed class RegistryEndpointsTests : IAsyncLifetime
{
    private readonly RegistryFolder _folder = new();
    private readonly HttpClient _http = new();

    private RegistryHost? _host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ServeAsync();

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Workers_are_the_applications_addresses_without_those_who_are_away()
    {
        _folder.Registry.Register(RegistryFolder.Worker(1));
        _folder.Registry.Register(RegistryFolder.Worker(2, WorkerState.Away));
        _folder.Registry.Register(RegistryFolder.Worker(3));

        using var answer = await SendAsync(HttpMethod.Get, "/workers");

        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["http://127.0.0.1:4001", "http://127.0.0.1:4003"], JsonSerializer.Deserialize<string[]>(await answer.Content.ReadAsStringAsync(Cancellation))!);
    }

    [Fact]
    public async Task An_announcement_is_answered_with_its_lease()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/register-worker", Signed());

        Assert.Equal(200, (int)answer.StatusCode);
        using var granted = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((6, 2), (granted.RootElement.GetProperty("leaseSeconds").GetDouble(), granted.RootElement.GetProperty("renewSeconds").GetDouble()));
        Assert.False(granted.RootElement.GetProperty("hasChain").GetBoolean());
        Assert.Equal(["w1"], _folder.Names);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_with_its_reason()
    {
        var signed = Signed();
        using var first = await SendAsync(HttpMethod.Post, "/register-worker", signed);

        using var answer = await SendAsync(HttpMethod.Post, "/register-worker", signed);

        Assert.Equal((409, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(("Conflict", 409), (problem.RootElement.GetProperty("title").GetString(), problem.RootElement.GetProperty("status").GetInt32()));
        Assert.Contains("replayed", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/register-worker", 405)]
    [InlineData("POST", "/workers", 405)]
    [InlineData("GET", "/registry?after=x", 400)]
    [InlineData("GET", "/registry?after=-1", 400)]
    [InlineData("GET", "/registry?after=99999999999999999999", 400)]
    [InlineData("GET", "/elsewhere", 418)]
    [InlineData("GET", "/scale", 200)]
    [InlineData("POST", "/scale", 401)]
    public async Task Each_path_takes_its_methods_and_changes_take_the_secret(string method, string path, int status)
    {
        using var answer = await SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_413_and_is_not_read()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/register-worker", new byte[AnnouncementRule.MostBytes + 1]);
        Assert.Equal(413, (int)answer.StatusCode);

        using var garbage = await SendAsync(HttpMethod.Post, "/register-worker", new byte[AnnouncementRule.MostBytes]);
        Assert.Equal(400, (int)garbage.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_written_down_is_507()
    {
        Directory.CreateDirectory(_folder.File + ".tmp");

        using var answer = await SendAsync(HttpMethod.Post, "/register-worker", Signed());

        Assert.Equal(507, (int)answer.StatusCode);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task The_view_comes_at_once_or_as_soon_as_it_is_another()
    {
        var now = await ViewAsync("/registry");
        var waiting = ViewAsync($"/registry?after={now.Version}");
        var waited = await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation));
        Assert.NotSame(waiting, waited);

        _folder.Registry.Register(RegistryFolder.Worker(1));
        Assert.Equal(now.Version + 1, (await waiting).Version);
        _folder.Registry.Report(["a problem"]);

        var next = await ViewAsync($"/registry?after={now.Version}");
        Assert.Equal([RegistryFolder.Worker(1)], next.Workers);
        Assert.Equal(["a problem"], next.Problems);
    }

    [Theory]
    [InlineData("/workers", null, null, 200)]
    [InlineData("/registry", null, null, 401)]
    [InlineData("/registry", "Bearer wrong", null, 401)]
    [InlineData("/registry", "Bearer 0123456789abcdef0123456789abcdef", null, 200)]
    [InlineData("/scale", "Bearer 0123456789abcdef0123456789abcdef", null, 200)]
    public async Task From_another_machine_all_but_the_open_paths_take_the_secret(string path, string? authorization, string? host, int status)
    {
        await ServeAsync(far: true);

        using var answer = await SendAsync(HttpMethod.Get, path, null, authorization, host);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/registry", null, "evil.example", 421)]
    [InlineData("/registry", null, "registry.example:80", 200)]
    [InlineData("/registry", null, "localhost:1", 200)]
    [InlineData("/registry", "Bearer wrong", null, 401)]
    [InlineData("/registry", "Bearer 0123456789abcdef0123456789abcdef", "evil.example", 200)]
    [InlineData("/workers", null, "evil.example", 200)]
    public async Task On_this_machine_a_browser_that_was_led_astray_reads_nothing(string path, string? authorization, string? host, int status)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, authorization, host);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_front_port_serves_its_three_paths_and_no_other()
    {
        await ServeAsync(paths: RegistryEndpoints.FrontPaths);

        Assert.Equal(200, await StatusOfAsync(HttpMethod.Get, "/workers"));
        Assert.Equal(400, await StatusOfAsync(HttpMethod.Post, "/register-worker"));
        Assert.Equal(418, await StatusOfAsync(HttpMethod.Get, "/registry"));
        Assert.Equal(418, await StatusOfAsync(HttpMethod.Get, "/scale"));
    }

    private byte[] Signed() => RegistryFolder.Body(AnnouncementSignature.Sign(_folder.Announcement(1), RegistryFolder.Secret));

    private async Task ServeAsync(bool far = false, IReadOnlySet<string>? paths = null)
    {
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _host = await RegistryHost.StartAsync(_folder.Registry, Cancellation, far, paths);
    }

    private async Task<FleetView> ViewAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(Cancellation), RegistryJson.Default.FleetView)!;
    }

    private async Task<int> StatusOfAsync(HttpMethod method, string path)
    {
        using var answer = await SendAsync(method, path);
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body = null, string? authorization = null, string? host = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_host!.Address, path)) { Content = body is null ? null : new ByteArrayContent(body) };
        request.Headers.Host = host;
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return await _http.SendAsync(request, Cancellation);
    }
}
