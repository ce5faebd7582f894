using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Up;

/// <summary><c>teechain scale N</c>: asks, and waits for what comes of it. Exit status: 0 there are N, 1 not, 2 wrong usage.</summary>
internal static class ScaleVerb
{
    private const string DefaultSecret = "data/secret";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>For an answer; a fleet that is busy answers in milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(ScaleFlags flags)
    {
        var registry = RegistryFlag.Parse(flags.Registry, out var wrongRegistry);
        var secret = SecretFlag.Read(flags.SecretFile ?? (File.Exists(DefaultSecret) ? DefaultSecret : null), out var wrongSecret);
        var isNumber = int.TryParse(flags.Workers, out var workers) && workers > 0;
        if ((wrongRegistry ?? wrongSecret ?? (isNumber ? null : $"'{flags.Workers}' is no number of workers; allowed: a whole number from 1")) is { } wrong)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}");
            return Verbs.Misused;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = registry, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = secret.IsEmpty ? null : new AuthenticationHeaderValue("Bearer", Encoding.UTF8.GetString(secret.Span));
        try
        {
            return await ScaleAsync(http, workers);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
        {
            await Console.Error.WriteLineAsync($"teechain: {registry} cannot be asked: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> ScaleAsync(HttpClient http, int workers)
    {
        using var asked = await http.PostAsync($"/scale?workers={workers}", new ByteArrayContent([]));
        if (!asked.IsSuccessStatusCode)
        {
            await Console.Error.WriteLineAsync($"teechain: {(int)asked.StatusCode}: {await asked.Content.ReadAsStringAsync()}");
            return 1;
        }

        var shown = "";
        while (true)
        {
            var state = await http.GetFromJsonAsync("/scale", ScaleJson.Default.ScaleState) ?? throw new JsonException("the answer is empty");
            var line = $"{state.Workers} workers, {state.Wanted} wanted";
            if (line != shown)
            {
                Console.WriteLine(shown = line);
            }

            if (!state.IsScaling)
            {
                await (state.Failure is { } why ? Console.Error.WriteLineAsync($"teechain: {why}") : Task.CompletedTask);
                return state.Workers == workers ? 0 : 1;
            }

            await Task.Delay(Look);
        }
    }
}
