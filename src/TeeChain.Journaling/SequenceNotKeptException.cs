namespace TeeChain.Journaling;

/// <summary>A reader asked for records that retention has dropped.</summary>
public sealed class SequenceNotKeptException(long after, long first)
    : InvalidOperationException($"The records after {after} are no longer kept; the first kept one is {first}. Whoever needs them must be seeded.")
{
    public long FirstKept { get; } = first;
}
