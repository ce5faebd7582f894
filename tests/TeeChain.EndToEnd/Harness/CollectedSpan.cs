using System.Globalization;
using System.Text;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A span as a collector gets it (opentelemetry.proto.trace.v1).</summary>
/// <param name="Node">The resource's <c>service.instance.id</c>.</param>
/// <param name="Parent">Empty for the first of a trace.</param>
internal sealed record CollectedSpan(string Service, string Node, string Trace, string Id, string Parent, string Name, TimeSpan Duration, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>All in an ExportTraceServiceRequest.</summary>
    public static IEnumerable<CollectedSpan> ReadAll(ReadOnlyMemory<byte> request)
    {
        foreach (var resourceSpans in Messages(request, 1))
        {
            var resource = Messages(resourceSpans, 1).SelectMany(one => Attributes(one, 1)).ToDictionary();
            foreach (var span in Messages(resourceSpans, 2).SelectMany(scope => Messages(scope, 2)))
            {
                yield return Read(span, resource);
            }
        }
    }

    private static CollectedSpan Read(ReadOnlyMemory<byte> span, Dictionary<string, string> resource)
    {
        var fields = ProtobufField.Of(span).ToLookup(field => field.Id);
        var nanoseconds = fields[8].Single().Number - fields[7].Single().Number;
        return new CollectedSpan(
            resource["service.name"], resource["service.instance.id"], Hex(fields[1]), Hex(fields[2]), Hex(fields[4]),
            Encoding.UTF8.GetString(fields[5].Single().Bytes.Span), TimeSpan.FromTicks((long)nanoseconds / 100), Attributes(span, 9).ToDictionary());
    }

    private static IEnumerable<KeyValuePair<string, string>> Attributes(ReadOnlyMemory<byte> message, int id) => Messages(message, id).Select(pair =>
    {
        var value = ProtobufField.Of(Messages(pair, 2).Single()).Single();
        return KeyValuePair.Create(
            Encoding.UTF8.GetString(Messages(pair, 1).Single().Span),
            value.Id == 1 ? Encoding.UTF8.GetString(value.Bytes.Span) : value.Number.ToString(CultureInfo.InvariantCulture));
    });

    private static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int id) =>
        ProtobufField.Of(message).Where(field => field.Id == id).Select(field => field.Bytes);

    private static string Hex(IEnumerable<ProtobufField> field) => Convert.ToHexStringLower(field.SingleOrDefault().Bytes.Span);
}
