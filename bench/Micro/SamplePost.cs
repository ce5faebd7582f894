using System.Text;
using TeeProxy.Requests;

namespace TeeChain.Micro;

/// <summary>What is measured with: a form of 200 bytes, and the head that a browser and this node's ingress give it.</summary>
internal static class SamplePost
{
    public const string Target = "/changePassword?from=profile";

    /// <summary>As the client sends them.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> ClientHeaders =
    [
        new("Host", "app.example.org"),
        new("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        new("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        new("Accept-Language", "en-GB,en;q=0.5"),
        new("Accept-Encoding", "gzip, deflate, br"),
        new("Content-Type", "application/x-www-form-urlencoded"),
        new("Content-Length", "200"),
        new("Connection", "keep-alive"),
        new("Cookie", "session=6d1f0f4d2a3c4b5e9f708192a3b4c5d6"),
    ];

    /// <summary>As it is recorded.</summary>
    public static readonly RequestHead Head = new(
        "POST", Target,
        [
            .. ClientHeaders.Where(static header => header.Key is not ("Content-Length" or "Connection")),
            new("Via", "1.1 teechain-0f4d2a3c"),
            new("X-Forwarded-For", "192.0.2.17"),
            new("X-Forwarded-Proto", "http"),
            new("X-Forwarded-Host", "app.example.org"),
        ]);

    /// <summary>The same, as delivery finds it in the journal.</summary>
    public static readonly RecordedHead Recorded = new(Head.Encode());

    public static readonly byte[] Body = Encoding.ASCII.GetBytes("user=ada%2Blovelace%40example.org&password=".PadRight(200, 'x'));
}
