using CommandLine;

namespace TeeProxy.Options;

/// <summary>
/// The flags of <c>teeproxy [run]</c> as they were written: defaults, ranges and the reason for each.
/// <see cref="NodeOptionsBuilder"/> checks the values; nothing else reads this class.
/// </summary>
[Verb("run", isDefault: true)]
internal sealed class RunArguments
{
    [Option("local", MetaValue = "ADDRESS", HelpText = "the application; :4567 means 127.0.0.1:4567")]
    [Flag(Basic = true, Otherwise = "none: it must be given")]
    public string? Local { get; set; }

    [Option("next", MetaValue = "ADDRESSES", HelpText = "the next node's listen address, and after commas those to go on to while it is silent; without it this node is the tail")]
    [Flag(Basic = true, Otherwise = "none")]
    public string? Next { get; set; }

    [Option("listen", Default = ":9000", MetaValue = "ADDRESS", HelpText = "where clients' requests and the previous node come in")]
    [Flag(Basic = true)]
    public string? Listen { get; set; }

    [Option("admin", MetaValue = "ADDRESS", HelpText = "health, metrics, status and administration")]
    [Flag(Basic = true, Otherwise = "the listen address, port + 500")]
    public string? Admin { get; set; }

    [Option("data", MetaValue = "FOLDER", HelpText = "the journal's folder; one process a folder")]
    [Flag(Basic = true, Otherwise = "$STATE_DIRECTORY, else ./data/<listen port>")]
    public string? Data { get; set; }

    [Option("ack", Default = "local", MetaValue = "LEVEL", HelpText = "what a write must have reached before its client is answered: local is this node's disk and application, next the second node's disk too, chain every node's application; set it alike on all nodes, since any of them may become the head")]
    [Flag(Basic = true, Choices = ["local", "next", "chain"])]
    public string? Ack { get; set; }

    [Option("order", Default = "total", MetaValue = "ORDER", HelpText = "total delivers one write at a time, in the head's order; key keeps that order within a key and delivers different keys side by side; equal on all nodes")]
    [Flag(Basic = true, Choices = ["total", "key"])]
    public string? Order { get; set; }

    [Option("key", MetaValue = "KEY", HelpText = "what the order is kept within: form:NAME, json:/POINTER, header:NAME, query:NAME or path; a write without it waits for all before it, and all behind it wait; equal on all nodes")]
    [Flag(Basic = true, Otherwise = "none: it belongs to --order key")]
    public string? Key { get; set; }

    [Option("secret-file", MetaValue = "FILE", HelpText = "the secret all nodes share, 16 bytes or more, readable by its owner alone; needed off loopback")]
    [Flag(Basic = true, Otherwise = "none")]
    public string? SecretFile { get; set; }

    [Option("tls-cert", MetaValue = "FILE", HelpText = "this node's certificate in PEM, those between it and its authority behind it: listen port, admin port and hop speak TLS; read again every 10 s and at SIGHUP, as the next two are")]
    [Flag(Otherwise = "none: no TLS")]
    public string? TlsCert { get; set; }

    [Option("tls-key", MetaValue = "FILE", HelpText = "its private key in PEM, without a passphrase, readable by its owner alone")]
    [Flag(Otherwise = "none: it belongs to --tls-cert")]
    public string? TlsKey { get; set; }

    [Option("tls-ca", MetaValue = "FILE", HelpText = "who vouches for the nodes' certificates, in PEM; nodes then open to each other with certificates on both sides")]
    [Flag(Otherwise = "none: those whom this machine trusts, and only who is dialled shows a certificate")]
    public string? TlsCa { get; set; }

    [Option("role", Default = "auto", MetaValue = "ROLE", HelpText = "auto lets the first contact decide, and then the journal")]
    [Flag(Choices = ["auto", "head", "replica"])]
    public string? Role { get; set; }

    [Option("ack-timeout", Default = "15s", MetaValue = "DURATION", HelpText = "how long a client waits for the answer and the ack level, then 504; longer than app-timeout, shorter than the front door's timeout (20s)")]
    [Flag(Min = "100ms", Max = "10m")]
    public string? AckTimeout { get; set; }

    [Option("app-timeout", Default = "10s", MetaValue = "DURATION", HelpText = "how long the application may take over one write before it is tried again")]
    [Flag(Min = "100ms", Max = "10m")]
    public string? AppTimeout { get; set; }

    [Option("lanes", Default = "16", MetaValue = "COUNT", HelpText = "how many writes with different keys the application gets at once; what it serves well side by side")]
    [Flag(Min = "1", Max = "512")]
    public string? Lanes { get; set; }

    [Option("park-after", Default = "30s", MetaValue = "DURATION", HelpText = "a write that a replica's application refuses with 5xx for so long, and the head's did not, is set aside for an operator and the next goes on; never waits instead")]
    [Flag(Choices = ["never"], Min = "1s", Max = "24h")]
    public string? ParkAfter { get; set; }

    [Option("tee-methods", Default = "POST,PUT,PATCH,DELETE", MetaValue = "LIST", HelpText = "methods that are writes and go to every node; equal on all nodes")]
    [Flag]
    public string? TeeMethods { get; set; }

    [Option("tee-paths", Default = "/", MetaValue = "LIST", HelpText = "path prefixes under which those methods are writes, case-sensitive; equal on all nodes")]
    [Flag]
    public string? TeePaths { get; set; }

    [Option("compare", Default = "status", MetaValue = "WHAT", HelpText = "what of the application's answer is compared with the head's: its status; body compares a digest of type, location and body too, and reads every answer; off compares nothing; set it alike on all nodes")]
    [Flag(Choices = ["status", "body", "off"])]
    public string? Compare { get; set; }

    [Option("compare-ignore", MetaValue = "LIST", HelpText = "with --compare body, what may differ: header:NAME, json:/POINTER or regex:PATTERN, with commas between; nodes that differ in it compare statuses alone")]
    [Flag(Otherwise = "none")]
    public string? CompareIgnore { get; set; }

    [Option("max-body", Default = "32MiB", MetaValue = "SIZE", HelpText = "the longest body of a write, then 413; it is kept for as long as the journal retains it")]
    [Flag(Min = "1KiB", Max = "1GiB")]
    public string? MaxBody { get; set; }

    [Option("max-head", Default = "32KiB", MetaValue = "SIZE", HelpText = "the longest request head, then 431; large cookies fit")]
    [Flag(Min = "1KiB", Max = "512KiB")]
    public string? MaxHead { get; set; }

    [Option("max-lag", Default = "1s", MetaValue = "DURATION", HelpText = "how far behind the head a node may be and still be in step for reads")]
    [Flag(Min = "100ms", Max = "1h")]
    public string? MaxLag { get; set; }

    [Option("retain", Default = "24h", MetaValue = "DURATION", HelpText = "how long the journal keeps what every node has, so that one that comes back can catch up")]
    [Flag(Min = "0s", Max = "8760h")]
    public string? Retain { get; set; }

    [Option("journal-max-bytes", Default = "4GiB", MetaValue = "SIZE", HelpText = "the journal's budget, then writes are refused; at least twice max-body")]
    [Flag(Min = "4MiB", Max = "16TiB")]
    public string? JournalMaxBytes { get; set; }

    [Option("on-full", Default = "refuse", MetaValue = "POLICY", HelpText = "when the budget is used up by a node that is behind: refuse writes, or detach that node")]
    [Flag(Choices = ["refuse", "detach"])]
    public string? OnFull { get; set; }

    [Option("health-path", MetaValue = "PATH", HelpText = "asked of the application to see that it lives; any answer below 500 will do")]
    [Flag(Otherwise = "none: that it takes a connection is enough")]
    public string? HealthPath { get; set; }

    [Option("health-interval", Default = "1s", MetaValue = "DURATION", HelpText = "how often the application's health is asked")]
    [Flag(Min = "100ms", Max = "1m")]
    public string? HealthInterval { get; set; }

    [Option("drain", Default = "5s", MetaValue = "DURATION", HelpText = "between saying not ready and stopping, so that front doors notice; two of their checks and a bit")]
    [Flag(Min = "0s", Max = "5m")]
    public string? Drain { get; set; }

    [Option("register", MetaValue = "URLS", HelpText = "the fleet's registry, to which this node announces itself every 2 s, signed with the secret; after commas others to try while the first does not take it")]
    [Flag(Otherwise = "none")]
    public string? Register { get; set; }

    [Option("name", MetaValue = "NAME", HelpText = "what the registry calls this node: 1 to 64 of A-Z a-z 0-9 . _ -")]
    [Flag(Otherwise = "$NAME, else this machine's name and the listen port")]
    public string? Name { get; set; }

    [Option("insecure", HelpText = "listen off loopback without a secret: anybody who can reach the port may write to the chain")]
    [Flag(Otherwise = "off")]
    public bool Insecure { get; set; }

    [Option("log", Default = "text", MetaValue = "FORMAT", HelpText = "how the log is written, to standard output")]
    [Flag(Choices = ["text", "json"])]
    public string? Log { get; set; }

    [Option("otlp", MetaValue = "URL", HelpText = "the OpenTelemetry collector that gets a trace of each write, by http/protobuf; /v1/traces is added")]
    [Flag(Otherwise = "none: nothing is traced")]
    public string? Otlp { get; set; }

    [Option("trace-ratio", Default = "1", MetaValue = "SHARE", HelpText = "of the traces that begin here, how many are recorded; one that a client began is recorded as the client says")]
    [Flag(Min = "0", Max = "1")]
    public string? TraceRatio { get; set; }

    /// <summary>Collects words that are no flags, so that they are refused and not ignored.</summary>
    [Value(0)]
    public IEnumerable<string> Rest { get; set; } = [];
}
