namespace TeeChain.EndToEnd.Harness;

/// <summary>A single write, and the whole answer to it.</summary>
internal static class OneWrite
{
    private static readonly HttpClient Client = new(Loopback.Handler(connections: int.MaxValue))
    {
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { ConnectionClose = true },
    };

    /// <param name="path">With a query, if the test needs one.</param>
    public static async Task<RawAnswer> RegisterAsync(Uri address, string user, CancellationToken cancellation, string path = "/register", string password = "secret")
    {
        using var form = new FormUrlEncodedContent([new("user", user), new("password", password)]);
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = form }, cancellation);
    }

    public static async Task<RawAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var answer = await Client.SendAsync(request, cancellation);
        return new RawAnswer(
            (int)answer.StatusCode,
            answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await answer.Content.ReadAsStringAsync(cancellation));
    }
}
