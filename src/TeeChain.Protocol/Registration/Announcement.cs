namespace TeeChain.Protocol.Registration;

/// <summary>
/// What <c>POST /register-worker</c> takes: a node says who and where it is, at its start and then every few seconds.
/// It stands only with a signature over all the rest (<see cref="AnnouncementSignature"/>).
/// </summary>
public sealed record Announcement
{
    private const int MostNameChars = 64;

    /// <summary>What answers, logs and statistics call it: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The application, as the front doors reach it: <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The teeproxy's listen address, as its predecessor and the front doors reach it.</summary>
    public required string Teeproxy { get; init; }

    /// <summary>The teeproxy's admin address, as the registry and the front doors reach it.</summary>
    public required string Admin { get; init; }

    /// <summary>Whether the node stops: it leaves the turns at once, and keeps its place in the chain.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>When it was signed, in milliseconds since 1970 UTC.</summary>
    public required long Time { get; init; }

    /// <summary>16 random bytes as 32 hexadecimal digits, another for every announcement.</summary>
    public required string Nonce { get; init; }

    /// <summary>HMAC-SHA256 as 64 lowercase hexadecimal digits.</summary>
    public string Signature { get; init => field = value ?? ""; } = "";

    /// <summary>Whether a worker may be called so.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MostNameChars && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
