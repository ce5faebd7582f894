using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging.Abstractions;
using SampleApp.Applied;
using SampleApp.Durable;
using SampleApp.Options;
using SampleApp.Users;
using SampleApp.Web;

namespace SampleApp.Tests;

/// <summary>The whole application in this process, without a socket; with a real file when one is named.</summary>
internal sealed class SampleServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StateFile? _file;

    private SampleServer(WebApplication app, StateFile? file)
    {
        _app = app;
        _file = file;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public static async Task<SampleServer> StartAsync(Settings? settings = null, Random? random = null)
    {
        settings ??= new Settings { Name = "romulus" };
        var log = new AppliedLog();
        var file = settings.DataFile is { } path ? StateFile.Open(path, settings.IsSynced) : null;
        try
        {
            var users = new UserStore(log, file is null ? null : file.Append);
            await (file?.ReplayAsync(users.Restore, TestContext.Current.CancellationToken) ?? Task.CompletedTask);
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseTestServer();
            var app = builder.Build();
            var endpoints = Program.Compose(
                settings, log, users, NullLogger<Endpoints>.Instance, TimeProvider.System, random ?? Random.Shared,
                app.Lifetime.ApplicationStopping);
            app.Run(endpoints.HandleAsync);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new SampleServer(app, file);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonElement> JsonAsync(string path) =>
        await Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public async Task<(int Status, string Body)> SendAsync(
        string path, HttpContent? content, long? sequence = null, bool isRedelivery = false, string? chain = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (sequence is not null)
        {
            request.Headers.Add("TeeChain-Chain", chain ?? "11111111-1111-1111-1111-111111111111");
            request.Headers.Add("TeeChain-Sequence", $"{sequence}");
        }

        if (isRedelivery)
        {
            request.Headers.Add("TeeChain-Redelivery", "1");
        }

        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<(int Status, string Body)> RegisterAsync(
        string user, string password = "secret", long? sequence = null, bool isRedelivery = false, string? chain = null) =>
        SendAsync("/register", Form(user, password), sequence, isRedelivery, chain);

    public Task<(int Status, string Body)> ChangeAsync(
        string user, string password = "secret", long? sequence = null, bool isRedelivery = false) =>
        SendAsync("/changePassword", Form(user, password), sequence, isRedelivery);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _file?.Dispose();
    }

    private static FormUrlEncodedContent Form(string user, string password) =>
        new(new Dictionary<string, string> { ["user"] = user, ["password"] = password });
}
