using System.Text.Json;
using System.Text.Json.Serialization;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary>Where a worker of this machine is on its way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
internal enum Phase
{
    /// <summary>It is of the fleet.</summary>
    In,

    /// <summary>It is being brought in; whoever finds it so after a restart goes on with it.</summary>
    Joining,

    /// <summary>It is being taken out; the same holds.</summary>
    Leaving,
}

/// <summary>Which workers this machine has, and how many were asked for. Immutable; the order of the chain is the registry's.</summary>
/// <param name="FileWorkers">What the file said when <paramref name="Wanted"/> was set.</param>
/// <param name="Wanted">The file's number, until <c>scale</c> changed it; a file that says another number counts again.</param>
internal sealed record Roll(int FileWorkers, int Wanted, IReadOnlyList<Roll.Line> Workers)
{
    internal sealed record Line(int Number, string Name, Phase Phase)
    {
        [JsonIgnore]
        public Place Place => new(Number, Name);
    }

    /// <summary>What is there at a start: what was, with the number that the file now says if that is another.</summary>
    public static Roll AtStart(Roll? saved, FleetFile file) =>
        saved is null ? new Roll(file.Workers, file.Workers, [.. Enumerable.Range(1, file.Workers).Select(number => new Line(number, Place.NameOf(file, number), Phase.In))])
        : saved.FileWorkers == file.Workers ? saved
        : saved with { FileWorkers = file.Workers, Wanted = file.Workers };

    /// <summary>The lowest number that is free, under the name that the file has for it, or its number where that name is taken.</summary>
    public Place Free(FleetFile file)
    {
        var number = Enumerable.Range(1, Workers.Count + 1).First(free => Workers.All(line => line.Number != free));
        var name = Place.NameOf(file, number);
        return new Place(number, Workers.Any(line => line.Name == name) ? $"node{number}" : name);
    }

    public Roll With(Place place, Phase phase) => this with
    {
        Workers = [.. Workers.Where(line => line.Number != place.Number), new Line(place.Number, place.Name, phase)],
    };

    public Roll Without(Place place) => this with { Workers = [.. Workers.Where(line => line.Number != place.Number)] };
}

/// <summary><c>workers.json</c>: the roll, durable before it is acted upon. For one thread at a time.</summary>
internal sealed class Ledger(string folder)
{
    private readonly string _path = Path.Combine(folder, "workers.json");

    /// <summary>Null in a new folder.</summary>
    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> writes.</exception>
    public Roll? Load()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), LedgerJson.Default.Roll) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{_path} cannot be used: {e.Message} Restore it; it says which numbers and names the workers in {folder}/workers have.", e);
        }
    }

    /// <exception cref="IOException">Either the old or the new roll is on disk.</exception>
    public void Save(Roll roll) => DurableText.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(roll, LedgerJson.Default.Roll));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Roll))]
internal sealed partial class LedgerJson : JsonSerializerContext;
