using TeeProxy.Application;

namespace TeeProxy.Tests.Application;

/// <summary>Reads a head that comes in two pieces.</summary>
internal static class AnswerHeads
{
    /// <summary>Null where it is refused.</summary>
    public static (AnswerHead Head, int Bytes)? Outcome(ReadOnlySpan<byte> bytes, int split)
    {
        try
        {
            return AnswerHead.TryRead(bytes[..split], out var head, out var length) || AnswerHead.TryRead(bytes, out head, out length)
                ? (head, length)
                : throw new ArgumentException("There is no whole head.", nameof(bytes));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
