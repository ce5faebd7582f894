using System.Text.Json;
using System.Text.Json.Serialization;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// Keeps the roster's durable part, <c>registry.json</c> in the data folder: names in the chain's order, addresses, node ids,
/// who is leaving. One process a folder: the lock is held until disposed, and by the kernel, so a crash frees it.
/// </summary>
internal sealed class RegistryFile : IDisposable
{
    private const string FileName = "registry.json";
    private const int Format = 1;

    private readonly FileStream _lock;

    private RegistryFile(string path, FileStream locked) => (Path, _lock) = (path, locked);

    public string Path { get; }

    /// <summary>The file's shape. <see cref="Format"/> changes when an older release would misread it.</summary>
    internal sealed record Content(int Format, IReadOnlyList<Line> Workers);

    internal sealed record Line(string Name, string Address, string Teeproxy, string Admin, Guid? Node, bool IsLeaving);

    /// <summary>Takes the folder, which is made when it is not there.</summary>
    /// <exception cref="IOException">Another process has it, or the disk refuses.</exception>
    public static RegistryFile Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var lockPath = System.IO.Path.Combine(folder, "registry.lock");
        try
        {
            return new(System.IO.Path.Combine(folder, FileName), new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(lockPath))
        {
            throw new IOException($"Another registry has the folder {folder}. Stop it, or give this one a folder of its own.", e);
        }
    }

    /// <summary>What was saved last, everybody away; empty in a new folder.</summary>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Save"/> writes.</exception>
    public Roster Load()
    {
        if (!File.Exists(Path))
        {
            return Roster.Empty;
        }

        try
        {
            var content = JsonSerializer.Deserialize(File.ReadAllBytes(Path), RegistryJson.Default.Content) ?? throw Damaged("it is empty");
            return content.Format == Format ? Read(content) : throw Damaged($"its format is {content.Format}, this release reads {Format}");
        }
        catch (JsonException e)
        {
            throw Damaged(e.Message);
        }
    }

    /// <summary>Durable when this returns.</summary>
    /// <exception cref="IOException">It may or may not be; the caller must not publish it.</exception>
    public void Save(Roster roster) =>
        DurableText.Replace(Path, JsonSerializer.SerializeToUtf8Bytes(new Content(Format, Lines(roster)), RegistryJson.Default.Content));

    /// <summary>Whether both are the same on disk.</summary>
    public static bool AreAlike(Roster one, Roster other) => Lines(one).SequenceEqual(Lines(other));

    public void Dispose() => _lock.Dispose();

    private Roster Read(Content content)
    {
        var roster = Roster.Empty;
        foreach (var line in content.Workers)
        {
            var worker = new Worker(line.Name, line.Address, line.Teeproxy, line.Admin, line.IsLeaving ? WorkerState.Draining : WorkerState.Away);
            string[] addresses = [line.Address, line.Teeproxy, line.Admin];
            if (!Announcement.IsName(line.Name) || !addresses.All(static text => Address.TryParse(text, out _)))
            {
                throw Damaged($"\"{line.Name}\" is no worker's name, or one of its addresses is none");
            }

            if (roster.Seats.Any(seat => seat.Collides(worker)))
            {
                throw Damaged($"{line.Name} has its name or an address in common with another");
            }

            roster = new([.. roster.Seats, new Seat(worker, line.Node, line.IsLeaving)]);
        }

        return roster;
    }

    private static Line[] Lines(Roster roster) =>
        [.. roster.Seats.Select(static seat => new Line(seat.Name, seat.Worker.Address, seat.Worker.Teeproxy, seat.Worker.Admin, seat.Node, seat.IsLeaving))];

    private InvalidDataException Damaged(string why) =>
        new($"{Path} cannot be used: {why}. Restore it, or remove it: the workers register again, and the order is read off the chain, if they come in any order.");
}

/// <summary>What the registry writes and says, as JSON. What lacks a part, or has null where a value belongs, is refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RegistryFile.Content))]
[JsonSerializable(typeof(FleetView))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(RegistryAnswer.Problem))]
internal sealed partial class RegistryJson : JsonSerializerContext;
