using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace TeeProxy.Tests;

/// <summary>The events that a program can log, read off its compiled code, and those that docs/logs.md tells of.</summary>
internal static partial class EventNames
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Each with its level; "varies" where the caller says it, "no name" where there is none. One that is declared twice is there twice.</summary>
    public static string[] Of(Assembly program) =>
    [
        .. (from type in program.GetTypes()
            from method in type.GetMethods(Declared)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select $"{message.EventName ?? $"no name: {type.FullName}.{method.Name}"} {(message.Level == LogLevel.None ? "varies" : message.Level)}")
            .Order(StringComparer.Ordinal),
    ];

    public static string[] InDocs(string program)
    {
        using var docs = new StreamReader(typeof(EventNames).Assembly.GetManifestResourceStream("logs.md")!);
        var section = docs.ReadToEnd().Split("\n## ").Single(part => part.StartsWith($"Events of `{program}`", StringComparison.Ordinal));
        return [.. Row().Matches(section).Select(row => $"{row.Groups[1]} {row.Groups[2]}").Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\w+) \| ", RegexOptions.Multiline)]
    private static partial Regex Row();
}
