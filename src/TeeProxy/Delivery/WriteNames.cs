using TeeChain.Journaling;
using TeeProxy.Requests;

namespace TeeProxy.Delivery;

/// <summary>What to call a write when people read of it.</summary>
internal sealed class WriteNames(Journal journal)
{
    /// <summary>Method and path; question marks when the journal does not keep it any more.</summary>
    public (string Method, string Path) Of(long sequence)
    {
        try
        {
            using var reader = journal.OpenReader(sequence - 1);
            return reader.TryRead(out var entry) && RequestHead.Decode(entry.Head.Span) is var head ? (head.Method, head.Path) : ("?", "?");
        }
        catch (SequenceNotKeptException)
        {
            return ("?", "?");
        }
    }
}
