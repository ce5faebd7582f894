namespace LoadTest.Scenarios;

/// <summary>A stretch of constant load.</summary>
/// <param name="Name">How reports call it.</param>
/// <param name="Gets">A second; 0: none.</param>
/// <param name="Posts">A second; 0: none.</param>
internal sealed record Phase(string Name, Uri Url, double Gets, double Posts, TimeSpan Duration);
