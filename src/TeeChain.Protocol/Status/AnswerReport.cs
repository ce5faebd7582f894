namespace TeeChain.Protocol.Status;

/// <summary>What <c>/admin/answers/SEQUENCE</c> tells: a write, and what became of it here.</summary>
public sealed record AnswerReport
{
    public required long Sequence { get; init; }

    public required Guid Node { get; init; }

    public required bool IsHead { get; init; }

    /// <summary>What this node compares: <c>status</c>, <c>body</c> or <c>off</c>.</summary>
    public required string Compare { get; init; }

    /// <summary>The write; null where the journal does not hold it, or not any more.</summary>
    public WriteReport? Write { get; init; }

    /// <summary>What the head recorded as its answer; null where no record of it was found.</summary>
    public OutcomeReport? Head { get; init; }

    /// <summary>This node's own answer; null where it is not kept.</summary>
    public AnswerText? Own { get; init; }

    /// <summary>Why there is no answer; null where there is one.</summary>
    public string? Why { get; init; }
}

/// <summary>A write as it is recorded.</summary>
/// <param name="Path">Without its query.</param>
/// <param name="Bytes">Of its body.</param>
/// <param name="Digest">The record's CRC, 8 hexadecimal digits: it covers head and body, and all records before.</param>
/// <param name="Body">Its beginning, where it was asked for.</param>
public sealed record WriteReport(string Method, string Path, long Bytes, string Digest, byte[]? Body);

/// <summary>The head's answer, as the journal has it.</summary>
/// <param name="Digest">16 hexadecimal digits; null where the head compares statuses alone.</param>
public sealed record OutcomeReport(int Status, string? Digest);

/// <summary>An answer.</summary>
/// <param name="Headers">One a line.</param>
/// <param name="Bytes">Of the whole body.</param>
/// <param name="Body">Its beginning, at most 64 KiB.</param>
public sealed record AnswerText(int Status, string Digest, IReadOnlyList<string> Headers, long Bytes, byte[] Body);
