using System.Globalization;
using TeeChain.Journaling;
using TeeChain.Protocol.Status;
using TeeProxy.Requests;

namespace TeeProxy.Delivery.Comparing;

/// <summary>Puts together what a node knows of one write: the journal's record, the head's outcome, its own answer. It only reads. Thread-safe.</summary>
internal sealed class AnswerArchive(Journal journal, Comparison comparison, Guid node, Func<bool> isHead)
{
    /// <summary>How far behind a write its outcome is searched: it follows as soon as the application has answered.</summary>
    private const int MostRecordsBehind = 100_000;

    /// <param name="hasBody">Whether the beginning of the write's body is wanted.</param>
    public AnswerReport Of(long sequence, bool hasBody)
    {
        var report = new AnswerReport { Sequence = sequence, Node = node, IsHead = isHead(), Compare = comparison.Mode.ToString().ToLowerInvariant() };
        if (sequence > journal.Last.Sequence)
        {
            return report with { Why = $"the journal ends at {journal.Last.Sequence}" };
        }

        try
        {
            using var reader = journal.OpenReader(sequence - 1);
            if (!reader.TryRead(out var entry) || entry.Kind != EntryKind.Write)
            {
                return report with { Why = $"record {sequence} is no write" };
            }

            report = report with { Write = Describe(entry, hasBody), Head = Outcome(reader, sequence) };
        }
        catch (SequenceNotKeptException)
        {
            report = report with { Why = $"the journal keeps records from {journal.FirstSequence} on" };
        }

        return comparison.Answers?.Of(sequence) is { } own
            ? report with { Own = new AnswerText(own.Status, Comparison.Hex(own.Digest)!, [.. own.Headers.Select(header => $"{header.Key}: {header.Value}")], own.Length, own.Body), Why = null }
            : report with { Why = report.Why ?? WhyNot() };
    }

    private string WhyNot() => comparison.Mode == CompareMode.Body
        ? "its answer is not kept, or not any more: recent ones are, and those that differ, until the process ends"
        : "answers are kept with --compare body only";

    private static WriteReport Describe(JournalEntry entry, bool hasBody)
    {
        var head = RequestHead.Decode(entry.Head.Span);
        byte[]? body = null;
        if (hasBody)
        {
            body = new byte[Math.Min(entry.BodyLength, KeptAnswer.MostBodyBytes)];
            using var stream = RecordedWrite.Of(entry) is { Body: { } small } ? new MemoryStream(small.ToArray()) : entry.OpenBody();
            stream.ReadExactly(body);
        }

        return new WriteReport(head.Method, head.Path, entry.BodyLength, entry.Crc.ToString("x8", CultureInfo.InvariantCulture), body);
    }

    private static OutcomeReport? Outcome(JournalReader reader, long sequence)
    {
        for (var read = 0; read < MostRecordsBehind && reader.TryRead(out var entry); read++)
        {
            if (entry.Kind == EntryKind.Outcome && OutcomeRecord.Decode(entry.Head.Span) is var outcome && outcome.Sequence == sequence)
            {
                return new OutcomeReport(outcome.Status, Comparison.Hex(outcome.BodyDigest));
            }
        }

        return null;
    }
}
