namespace TeeChain.Protocol.Hop;

/// <summary>Which of the views that heads told is meant: each head counts its own, and a later epoch's is newer. The default is none.</summary>
/// <param name="Epoch">Of the head that told it.</param>
/// <param name="Counter">From 1 in each epoch; rises with every change.</param>
public readonly record struct ViewVersion(long Epoch, long Counter)
{
    public bool IsNewerThan(ViewVersion other) => (Epoch, Counter).CompareTo((other.Epoch, other.Counter)) > 0;

    public override string ToString() => $"{Epoch}.{Counter}";
}
