using System.Buffers;
using System.Net;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery.Comparing;
using TeeProxy.Delivery.Keys;

namespace TeeProxy.Options;

/// <summary>Turns what was written into <see cref="NodeOptions"/>, or into the first thing that is wrong with it.</summary>
internal static class NodeOptionsBuilder
{
    // RFC 9110 section 5.6.2: what a method's name is made of, in upper case here.
    private static readonly SearchValues<char> MethodChars = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <param name="arguments">From the command line and the environment.</param>
    /// <param name="fromEnvironment">Names of the flags that came from the environment.</param>
    /// <param name="environment">Reads a variable; asked for <c>STATE_DIRECTORY</c> and <c>NAME</c> only.</param>
    public static Command Build(RunArguments arguments, IReadOnlySet<string> fromEnvironment, Func<string, string?> environment)
    {
        var values = new ValueChecks(fromEnvironment);
        var listen = values.Address("listen", arguments.Listen, anyPort: true);
        var admin = arguments.Admin is null ? AdminBeside(listen, values) : values.Address("admin", arguments.Admin, anyPort: true);
        var maxBody = values.Size("max-body", arguments.MaxBody);
        var options = new NodeOptions
        {
            Listen = listen,
            Admin = admin,
            Local = values.Address("local", arguments.Local),
            Next = values.Addresses("next", arguments.Next),
            DetachesWhenFull = values.Choice("on-full", arguments.OnFull) == "detach",
            Role = values.Choice("role", arguments.Role) switch { "head" => RolePin.Head, "replica" => RolePin.Replica, _ => RolePin.Auto },
            Data = DataFolder(arguments.Data, environment, listen, values),
            Ack = values.Choice("ack", arguments.Ack) switch { "next" => AckLevel.Next, "chain" => AckLevel.Chain, _ => AckLevel.Local },
            Key = Key(values.Choice("order", arguments.Order), arguments.Key, values),
            Lanes = values.Count("lanes", arguments.Lanes),
            ParkAfter = arguments.ParkAfter == "never" ? null : values.Duration("park-after", arguments.ParkAfter),
            AckTimeout = values.Duration("ack-timeout", arguments.AckTimeout),
            TeeMethods = values.Items(
                "tee-methods", arguments.TeeMethods?.ToUpperInvariant(), IsMethod, "methods with commas between, such as POST,PUT, and not CONNECT"),
            TeePaths = values.Items("tee-paths", arguments.TeePaths, IsPath, "paths with commas between, each beginning with / and without ? or #"),
            MaxBodyBytes = maxBody,
            MaxHeadBytes = (int)values.Size("max-head", arguments.MaxHead),
            Compare = values.Choice("compare", arguments.Compare) switch { "body" => CompareMode.Body, "off" => CompareMode.Off, _ => CompareMode.Status },
            CompareIgnore = CompareIgnore(arguments.Compare, arguments.CompareIgnore, values),
            MaxLag = values.Duration("max-lag", arguments.MaxLag),
            Retain = values.Duration("retain", arguments.Retain),
            JournalMaxBytes = values.Size("journal-max-bytes", arguments.JournalMaxBytes),
            AppTimeout = values.Duration("app-timeout", arguments.AppTimeout),
            HealthPath = arguments.HealthPath,
            HealthInterval = values.Duration("health-interval", arguments.HealthInterval),
            Drain = values.Duration("drain", arguments.Drain),
            Secret = SecretFile.Read(arguments.SecretFile, values),
            Tls = TlsFlags.Read(arguments, values),
            JsonLog = values.Choice("log", arguments.Log) == "json",
            Tracing = TracingOptions.Read(arguments.Otlp, arguments.TraceRatio, values),
        };
        options = options with { Registration = RegistrationOptions.Read(arguments.Register, arguments.Name, options, environment, values) };
        CheckTogether(options, arguments, values);
        return values.Error is null ? new Command.Run(options) : new Command.Exit(2, "teeproxy: " + values.Error);
    }

    private static void CheckTogether(NodeOptions options, RunArguments arguments, ValueChecks values)
    {
        if (options.HealthPath is not null && (!options.HealthPath.StartsWith('/') || !options.HealthPath.All(c => c is > ' ' and < '\x7f')))
        {
            values.Refuse("health-path", options.HealthPath, "is no path", "allowed: a path that begins with /, encoded");
        }

        foreach (var (flag, address) in options.Next.Select(next => ("next", next)).Concat([("local", options.Local), ("admin", options.Admin)]))
        {
            if (AreSame(address, options.Listen))
            {
                values.Refuse(flag, address.ToString(), "is this node's own listen address", "allowed: any other");
            }
        }

        if (options.JournalMaxBytes / 2 < options.MaxBodyBytes)
        {
            values.Refuse(
                "journal-max-bytes", arguments.JournalMaxBytes, $"is less than twice --max-body ({arguments.MaxBody})", "raise it, or lower --max-body");
        }

        if (options.Secret.IsEmpty && !arguments.Insecure)
        {
            foreach (var (flag, address) in new[] { ("listen", options.Listen), ("admin", options.Admin) })
            {
                if (!address.IsLoopback)
                {
                    values.Refuse(
                        flag, address.ToString(), "can be reached from other machines and there is no secret",
                        "give --secret-file, or --insecure if anybody who reaches it may write and administer");
                }
            }
        }
    }

    private static KeySpec? Key(string order, string? key, ValueChecks values)
    {
        var spec = KeySpec.TryParse(key);
        if (order == "key" && spec is null)
        {
            values.Refuse("key", key, "is no key", "with --order key, allowed: " + KeySpec.Forms);
        }
        else if (order != "key" && key is not null)
        {
            values.Refuse("key", key, "has no meaning in total order", "allowed: together with --order key");
        }

        return spec;
    }

    private static AnswerMask CompareIgnore(string? compare, string? ignore, ValueChecks values)
    {
        var mask = AnswerMask.TryParse(ignore, out var wrong);
        if (mask is null)
        {
            values.Refuse("compare-ignore", ignore, $"has {wrong}, which will not do", "allowed: " + AnswerMask.Forms);
        }
        else if (compare != "body" && mask.Items.Count > 0)
        {
            values.Refuse("compare-ignore", ignore, "has no meaning where bodies are not compared", "allowed: together with --compare body");
        }

        return mask ?? AnswerMask.None;
    }

    private static Address AdminBeside(Address listen, ValueChecks values)
    {
        if (listen.Port + 500 > 65535)
        {
            values.Refuse($"--admin is missing, and the listen port + 500 would be {listen.Port + 500}; give --admin.");
        }

        return listen with { Port = listen.Port == 0 ? 0 : Math.Min(listen.Port + 500, 65535) };
    }

    // systemd may name several folders with colons between; the first is ours.
    private static string DataFolder(string? given, Func<string, string?> environment, Address listen, ValueChecks values)
    {
        if (given is { Length: 0 })
        {
            values.Refuse("data", given, "is no folder", "allowed: a path");
        }

        var folder = given ?? environment("STATE_DIRECTORY")?.Split(':')[0];
        return Path.GetFullPath(string.IsNullOrEmpty(folder) ? Path.Combine("data", $"{listen.Port}") : folder);
    }

    private static bool AreSame(Address one, Address other) =>
        one.Port == other.Port && one.Port != 0 && (one.Host == other.Host || (IsHere(one) && IsHere(other)));

    private static bool IsHere(Address address) =>
        address.IsLoopback || (IPAddress.TryParse(address.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));

    private static bool IsMethod(string text) => !text.AsSpan().ContainsAnyExcept(MethodChars) && text != "CONNECT";

    private static bool IsPath(string text) => text.StartsWith('/') && !text.AsSpan().ContainsAny('?', '#', ' ');
}
