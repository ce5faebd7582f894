using System.Text.Json;
using System.Text.Json.Serialization;
using TeeChain.Journaling;

namespace TeeProxy.Chain;

/// <summary>Keeps a <see cref="Membership"/> in the data folder: <c>membership.json</c>, replaced atomically and synced.</summary>
internal static class MembershipFile
{
    private const string Name = "membership.json";

    /// <summary>What was saved last; a fresh membership when the folder is new.</summary>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Save"/> writes.</exception>
    public static Membership Load(IFolder folder)
    {
        if (DurableFile.Read(folder, Name) is not { } bytes)
        {
            return new Membership { Node = Guid.NewGuid() };
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, ChainJson.Default.Membership)
                ?? throw new InvalidDataException($"{Name} is empty; restore it with its journal, or seed this node anew.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Name} is damaged ({e.Message}); restore it with its journal, or seed this node anew.", e);
        }
    }

    /// <summary>Returns when it is durable.</summary>
    /// <exception cref="IOException">It may or may not be; the caller must not obey it.</exception>
    public static void Save(IFolder folder, Membership membership) =>
        DurableFile.Replace(folder, Name, JsonSerializer.SerializeToUtf8Bytes(membership, ChainJson.Default.Membership));
}

/// <summary>The chain's own durable shapes as JSON. What lacks a part, or has null where a value belongs, is refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(EpochRecord))]
[JsonSerializable(typeof(NextList))]
internal sealed partial class ChainJson : JsonSerializerContext;
