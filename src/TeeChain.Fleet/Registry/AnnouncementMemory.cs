namespace TeeChain.Fleet.Registry;

/// <summary>
/// What the registry remembers of announcements to judge the next by: the nonces that are spent, and who was taken out of the
/// fleet. Not durable: what an earlier run may have taken is told by its time. One caller at a time.
/// </summary>
/// <param name="since">Milliseconds since 1970: nothing that was signed earlier stands.</param>
internal sealed class AnnouncementMemory(ReadOnlyMemory<byte> secret, long since, TimeProvider time)
{
    private readonly NonceMemory _nonces = new(AnnouncementRule.NonceLife);
    private readonly Dictionary<string, TimeSpan> _left = []; // since when

    /// <param name="now">On the registry's own clock.</param>
    public AnnouncementRule.Admission Judge(Roster roster, TimeSpan now, ReadOnlySpan<byte> body)
    {
        _nonces.Forget(now);
        var facts = new AnnouncementRule.Facts(time.GetUtcNow().ToUnixTimeMilliseconds(), since, secret, _nonces.IsSpent, name => HasLeft(name, now), _nonces.HasRoom, roster);
        return AnnouncementRule.Judge(facts, body);
    }

    /// <summary>The announcement has had its effect.</summary>
    public void Spend(string nonce, TimeSpan now) => _nonces.Spend(nonce, now);

    /// <summary>From now on what it announces is refused, for <see cref="FleetRegistry.LeftFor"/>.</summary>
    public void Leave(string name, TimeSpan now) => _left[name] = now;

    /// <summary>It was brought in again.</summary>
    public void Return(string name) => _left.Remove(name);

    private bool HasLeft(string name, TimeSpan now)
    {
        if (_left.TryGetValue(name, out var since) && now - since > FleetRegistry.LeftFor)
        {
            _left.Remove(name);
        }

        return _left.ContainsKey(name);
    }
}
