using TeeChain.Journaling;

namespace TeeProxy.Tests.Hop;

/// <summary>A journal's own bytes.</summary>
internal static class Raw
{
    public static byte[] Of(Journal journal, long after)
    {
        using var reader = journal.OpenReader(after);
        using var stream = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (reader.ReadRaw(buffer) is > 0 and var count)
        {
            stream.Write(buffer, 0, count);
        }

        return stream.ToArray();
    }
}
