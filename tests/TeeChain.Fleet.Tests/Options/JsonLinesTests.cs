using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Logging;

namespace TeeChain.Fleet.Tests.Options;

/// <summary>A line of <c>--log json</c>, of teechain as of teeproxy: they share the code.</summary>
public sealed class JsonLinesTests
{
    [Fact]
    public void An_event_is_one_line_with_its_values_by_name()
    {
        var line = Line("TeeProxy.NodeLife", new IOException("no\nroom"), ("Text", "ä \"b\"\nc"), ("Count", 7), ("Bytes", 5_000_000_000L), ("Share", 0.5), ("IsIt", true), ("Nothing", null), ("{OriginalFormat}", "{Text}"));

        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line[..^1]);
        using var json = JsonDocument.Parse(line);
        var said = json.RootElement;
        Assert.Equal(["timestamp", "level", "event", "category", "message", "fields", "exception"], said.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("warning", "some_event", "TeeProxy.NodeLife", "what was said"), (Text("level"), Text("event"), Text("category"), Text("message")));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", Text("timestamp"));
        Assert.Equal("""{"Text":"ä \"b\"\nc","Count":7,"Bytes":5000000000,"Share":0.5,"IsIt":true,"Nothing":""}""", said.GetProperty("fields").GetRawText());
        Assert.Contains("no\nroom", Text("exception"), StringComparison.Ordinal);

        string Text(string member) => said.GetProperty(member).GetString()!;
    }

    [Theory]
    [InlineData("TeeProxy.Hop.PredecessorLink", "some_event")]
    [InlineData("TeeChain.Fleet.Registry.RemoteFleet", "some_event")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "library")]
    public void What_a_library_says_has_no_name_of_ours(string category, string expected)
    {
        using var json = JsonDocument.Parse(Line(category, null));

        Assert.Equal(expected, json.RootElement.GetProperty("event").GetString());
        Assert.False(json.RootElement.TryGetProperty("exception", out _));
    }

    private static string Line(string category, Exception? exception, params (string Name, object? Value)[] fields)
    {
        KeyValuePair<string, object?>[] state = [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))];
        using var written = new StringWriter { NewLine = "\n" };
        new JsonLines().Write(new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Warning, category, new EventId(1, "some_event"), state, exception, (_, _) => "what was said"), null, written);
        return written.ToString();
    }
}
