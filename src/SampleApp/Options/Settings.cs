using System.Net;

namespace SampleApp.Options;

/// <summary>What <c>/</c> answers.</summary>
internal enum ReplyKind
{
    Hello,
    Count,
}

/// <summary>The checked command line. Made once, before anything starts.</summary>
internal sealed record Settings
{
    private const int LongestName = 100;

    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 4567);

    public string Name { get; init; } = "sample-app";

    public TimeSpan Delay { get; init; }

    /// <summary>Percent, 0 to 100.</summary>
    public double FailureRate { get; init; }

    public ReplyKind Reply { get; init; }

    /// <summary>Null: the users are in memory only.</summary>
    public string? DataFile { get; init; }

    public bool IsSynced { get; init; }

    public bool HasTestControls { get; init; }

    /// <summary>Null with one line in <paramref name="refusal"/> that names the flag and what it allows.</summary>
    public static Settings? From(Flags flags, out string refusal)
    {
        if (!FlagValues.TryPort(flags.Port, out var port))
        {
            refusal = $"--port is '{flags.Port}'; allowed is a number from 0 to 65535, such as 4567";
        }
        else if (!FlagValues.TryAddress(flags.Listen, out var address))
        {
            refusal = $"--listen is '{flags.Listen}'; allowed is an IP address, such as 127.0.0.1, 0.0.0.0 or ::1";
        }
        else if (flags.Name.Length is 0 or > LongestName || flags.Name.Any(char.IsControl))
        {
            refusal = $"--name is '{flags.Name}'; allowed are 1 to {LongestName} printable characters";
        }
        else if (!FlagValues.TryDelay(flags.Delay, out var delay))
        {
            refusal = $"--delay is '{flags.Delay}'; allowed is a time from 0ms to 60s, such as 50ms or 1.5s";
        }
        else if (!FlagValues.TryPercent(flags.FailureRate, out var failureRate))
        {
            refusal = $"--failure-rate is '{flags.FailureRate}'; allowed is a percentage from 0% to 100%";
        }
        else if (!FlagValues.TryReply(flags.Reply, out var reply))
        {
            refusal = $"--reply is '{flags.Reply}'; allowed is hello or count";
        }
        else if (flags.Data is "")
        {
            refusal = "--data is empty; allowed is the path of a file";
        }
        else if (flags.Fsync && flags.Data is null)
        {
            refusal = "--fsync is given without --data; allowed is --fsync together with --data FILE";
        }
        else if (flags.Unexpected.FirstOrDefault() is { } unexpected)
        {
            refusal = $"'{unexpected}' is no flag; allowed are the flags that --help lists";
        }
        else
        {
            refusal = "";
            return new Settings
            {
                Endpoint = new IPEndPoint(address, port),
                Name = flags.Name,
                Delay = delay,
                FailureRate = failureRate,
                Reply = reply,
                DataFile = flags.Data,
                IsSynced = flags.Fsync,
                HasTestControls = flags.TestControls,
            };
        }

        return null;
    }
}
