using System.Globalization;

namespace TeeChain.EndToEnd.Harness;

/// <summary>What a node is started with. Null leaves the flag out, so that teeproxy's own default holds.</summary>
internal sealed record NodeFlags
{
    /// <summary>Where node and application run.</summary>
    public Machine Machine { get; init; } = Machine.This;

    public required int Listen { get; init; }

    public required int Admin { get; init; }

    public required int Local { get; init; }

    public int? Next { get; init; }

    /// <summary>The successors behind <see cref="Next"/> in the list.</summary>
    public IReadOnlyList<int> Spares { get; init; } = [];

    public required string Data { get; init; }

    public string? SecretFile { get; init; }

    public string? Role { get; init; }

    public TimeSpan? AckTimeout { get; init; }

    public TimeSpan? AppTimeout { get; init; }

    public TimeSpan? MaxLag { get; init; }

    public TimeSpan? Drain { get; init; }

    public TimeSpan? Retain { get; init; }

    public TimeSpan? HealthInterval { get; init; }

    public long? MaxBodyBytes { get; init; }

    public long? JournalMaxBytes { get; init; }

    /// <summary>Null: without TLS.</summary>
    public NodeTls? Tls { get; init; }

    /// <summary>Any other flags, as they are typed.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    public IEnumerable<string> ToArguments()
    {
        (string Flag, string? Value)[] flags =
        [
            ("--listen", $"{Machine.Address}:{Listen}"),
            ("--admin", $"{Machine.Address}:{Admin}"),
            ("--local", $"{Machine.Address}:{Local}"),
            ("--next", Next is { } port ? string.Join(',', Spares.Prepend(port).Select(one => $":{one}")) : null),
            ("--data", Data),
            ("--secret-file", SecretFile),
            ("--tls-cert", Tls?.Certificate),
            ("--tls-key", Tls?.Key),
            ("--tls-ca", Tls?.Authority),
            ("--role", Role),
            ("--ack-timeout", Milliseconds(AckTimeout)),
            ("--app-timeout", Milliseconds(AppTimeout)),
            ("--max-lag", Milliseconds(MaxLag)),
            ("--drain", Milliseconds(Drain)),
            ("--retain", Milliseconds(Retain)),
            ("--health-interval", Milliseconds(HealthInterval)),
            ("--max-body", MaxBodyBytes?.ToString(CultureInfo.InvariantCulture)),
            ("--journal-max-bytes", JournalMaxBytes?.ToString(CultureInfo.InvariantCulture)),
        ];
        return [.. flags.Where(flag => flag.Value is not null).SelectMany(flag => new[] { flag.Flag, flag.Value! }), .. Others];
    }

    private static string? Milliseconds(TimeSpan? time) => time is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0}ms") : null;
}
