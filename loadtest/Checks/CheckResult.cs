namespace LoadTest.Checks;

/// <summary>What was found out about the writes.</summary>
/// <param name="Said">What was checked and holds, a line each.</param>
/// <param name="Problems">What does not hold, or could not be found out, a line each.</param>
internal sealed record CheckResult(IReadOnlyList<string> Said, IReadOnlyList<string> Problems);
