using System.Text;
using System.Text.Unicode;
using TeeChain.Fleet.Nodes;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Status;

/// <summary>What a node said of one write.</summary>
internal sealed record NodeAnswer(string Name, Reply<AnswerReport> Reply);

/// <summary>One write and the answers of all nodes to it, in a form for people.</summary>
internal sealed class DiffReport(long sequence, IReadOnlyList<NodeAnswer> answers)
{
    // What the head recorded speaks for it also when it does not keep the answer itself.
    private readonly OutcomeReport? _head = answers.Select(static one => one.Reply.Value?.Head).FirstOrDefault(static head => head is not null);

    /// <summary>Whether every node told its answer, or is the head whose answer is recorded, and all are the same.</summary>
    public bool IsSame => answers.Count > 0 && answers.All(one => Of(one) is { Digest: not null }) && answers.Select(Of).Distinct().Count() == 1;

    public void Write(TextWriter output)
    {
        var write = answers.Select(static one => one.Reply.Value?.Write).FirstOrDefault(static write => write is not null);
        output.WriteLine(write is null
            ? $"Write {sequence}: no node that answers has it in its journal."
            : $"Write {sequence}: {PlainTable.Printable($"{write.Method} {write.Path}")}, body of {write.Bytes} bytes, record {PlainTable.Printable(write.Digest)}");
        if (write?.Body is { } body)
        {
            WriteBody(output, body, write.Bytes);
        }

        output.WriteLine();
        foreach (var line in PlainTable.Lines(["node", "role", "status", "digest", "bytes", ""], [.. answers.Select(Cells)], static column => column is 2 or 4))
        {
            output.WriteLine(line);
        }

        foreach (var (name, own) in answers.Select(static one => (one.Name, one.Reply.Value?.Own)))
        {
            if (own is not null)
            {
                output.WriteLine();
                output.WriteLine($"--- {PlainTable.Printable(name)}: {own.Status}");
                own.Headers.ToList().ForEach(header => output.WriteLine(PlainTable.Printable(header)));
                output.WriteLine();
                WriteBody(output, own.Body, own.Bytes);
            }
        }
    }

    private OutcomeReport? Of(NodeAnswer one) => one.Reply.Value switch
    {
        { Own: { } own } => new OutcomeReport(own.Status, own.Digest),
        { IsHead: true } => _head,
        _ => null,
    };

    private string[] Cells(NodeAnswer one)
    {
        var said = Of(one);
        var isOther = said is not null && _head is not null && (said.Status != _head.Status || (said.Digest is not null && _head.Digest is not null && said.Digest != _head.Digest));
        var why = one.Reply.Value is { } report ? report.Own is null ? report.Why : isOther ? "differs from the head's" : null : one.Reply.Why;
        return
        [
            PlainTable.Printable(one.Name), one.Reply.Value is null ? "?" : one.Reply.Value.IsHead ? "head" : "replica",
            $"{said?.Status}", PlainTable.Printable(said?.Digest ?? ""), $"{one.Reply.Value?.Own?.Bytes}", PlainTable.Printable(why ?? ""),
        ];
    }

    private static void WriteBody(TextWriter output, byte[] body, long length)
    {
        // The end of what is kept may cut a character in two.
        var isText = Utf8.IsValid(body) || (length > body.Length && Utf8.IsValid(body.AsSpan(0, Math.Max(0, body.Length - 3))));
        if (!isText)
        {
            output.WriteLine(Convert.ToHexStringLower(body.AsSpan(0, Math.Min(body.Length, 256))) + (body.Length > 256 ? "…" : ""));
        }
        else
        {
            foreach (var line in Encoding.UTF8.GetString(body).Split('\n'))
            {
                output.WriteLine(PlainTable.Printable(line.TrimEnd('\r')));
            }
        }

        if (length > body.Length)
        {
            output.WriteLine($"(the first {body.Length} of {length} bytes)");
        }
    }
}
