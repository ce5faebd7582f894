using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;
using TeeProxy.Tests;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>A registry in a temporary folder, on a clock that the test moves, and the announcements that come to it.</summary>
internal sealed class RegistryFolder : IDisposable
{
    public static readonly byte[] Secret = "0123456789abcdef0123456789abcdef"u8.ToArray();

    public RegistryFolder() => Registry = Open();

    public string Path { get; } = Directory.CreateTempSubdirectory("teechain-registry-").FullName;

    public string File => System.IO.Path.Combine(Path, "registry.json");

    public HandClock Clock { get; } = new();

    public FleetRegistry Registry { get; private set; }

    public IEnumerable<string> Names => Registry.Current.Workers.Select(worker => worker.Name);

    public WorkerState StateOf(string name) => Registry.Current.Workers.Single(worker => worker.Name == name).State;

    public FleetRegistry Open() => FleetRegistry.Open(Path, Secret, Clock, NullLogger<FleetRegistry>.Instance);

    /// <summary>As after a restart of its process.</summary>
    public void Restart()
    {
        Registry.Dispose();
        Registry = Open();
    }

    /// <summary>Of worker number so and so, whose ports follow from that.</summary>
    public Announcement Announcement(int number, string? name = null, bool isLeaving = false, TimeSpan late = default) => new()
    {
        Name = name ?? $"w{number}",
        Address = $"127.0.0.1:{4000 + number}",
        Teeproxy = $"127.0.0.1:{9000 + number}",
        Admin = $"127.0.0.1:{9500 + number}",
        IsLeaving = isLeaving,
        Time = (Clock.GetUtcNow() - late).ToUnixTimeMilliseconds(),
        Nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
    };

    public static Worker Worker(int number, WorkerState state = WorkerState.Present) =>
        new($"w{number}", $"127.0.0.1:{4000 + number}", $"127.0.0.1:{9000 + number}", $"127.0.0.1:{9500 + number}", state);

    public AnnouncementRule.Admission Announce(Announcement announcement) => Send(AnnouncementSignature.Sign(announcement, Secret));

    public AnnouncementRule.Admission Send(Announcement signed) => Registry.Announce(Body(signed));

    public static byte[] Body(Announcement signed) => JsonSerializer.SerializeToUtf8Bytes(signed, ProtocolJson.Default.Announcement);

    public void Dispose()
    {
        Registry.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
