using System.Text.Json;
using TeeChain.Journaling;

namespace TeeProxy.Chain;

/// <summary>This node's successors, the one it prefers first. What an operator sets while it runs beats the flag from then on.</summary>
/// <param name="Version">0 for the flag's; rises by one with each change.</param>
/// <param name="Addresses">Listen addresses, <c>host:port</c>; none on the tail.</param>
internal sealed record NextList(long Version, IReadOnlyList<string> Addresses)
{
    private const string FileName = "next.json";

    /// <summary>What was set last, or the flag's.</summary>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Save"/> writes.</exception>
    public static NextList Load(IFolder folder, IReadOnlyList<string> flag)
    {
        try
        {
            return DurableFile.Read(folder, FileName) is not { } bytes ? new NextList(0, flag)
                : JsonSerializer.Deserialize(bytes, ChainJson.Default.NextList) ?? throw new InvalidDataException($"{FileName} is empty; remove it to go back to --next.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{FileName} is damaged ({e.Message}); remove it to go back to --next.", e);
        }
    }

    /// <summary>Returns when it is durable.</summary>
    /// <exception cref="IOException">It may or may not be; the caller must not obey it.</exception>
    public void Save(IFolder folder) => DurableFile.Replace(folder, FileName, JsonSerializer.SerializeToUtf8Bytes(this, ChainJson.Default.NextList));
}
