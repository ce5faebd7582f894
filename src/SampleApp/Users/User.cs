namespace SampleApp.Users;

/// <summary>
/// A user as of one version, and the delivery that made it. The version counts the accepted changes, from 1, so that
/// order and duplicates show. Immutable; a change publishes a new one.
/// </summary>
internal sealed record User(string Name, long Version, PasswordHash Password, Delivery? Last)
{
    /// <summary>What the change that made this version was answered with.</summary>
    public Outcome LastOutcome => new(Version == 1 ? StatusCodes.Status201Created : StatusCodes.Status200OK, Version);
}
