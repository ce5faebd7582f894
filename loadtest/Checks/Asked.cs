namespace LoadTest.Checks;

/// <summary>What came of asking: a value, or why there is none.</summary>
/// <param name="IsAbsent">Whether nobody has what was asked for (404): another application than the sample one.</param>
internal sealed record Asked<T>(T? Value, string? Why, bool IsAbsent = false)
    where T : class;
