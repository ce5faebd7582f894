namespace TeeChain.Journaling;

/// <summary>What <see cref="Journal.AppendAsync"/> throws where a request's own class would be told the failure.</summary>
public sealed class JournalAppendException(AppendFailure failure) : IOException($"The entry was not appended: {failure}.")
{
    public AppendFailure Failure { get; } = failure;
}
