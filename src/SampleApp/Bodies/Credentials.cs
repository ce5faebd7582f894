namespace SampleApp.Bodies;

/// <summary>The fields of a write. Either may be missing (null) until <see cref="CredentialsReader"/> has checked them.</summary>
internal readonly record struct Credentials(string? User, string? Password);

/// <summary>Why a write cannot be read. Says the same on every replica.</summary>
internal sealed record Refusal(int Status, string Text);
