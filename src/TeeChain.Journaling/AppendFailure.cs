namespace TeeChain.Journaling;

/// <summary>Why an append did not end in a commit. Only <see cref="Ambiguous"/> may have been recorded.</summary>
public enum AppendFailure
{
    /// <summary>The disk has no room. Nothing was recorded; a later append may succeed.</summary>
    DiskFull,

    /// <summary>What not every row has passed would exceed <see cref="JournalOptions.MaxBytes"/>. Nothing was recorded.</summary>
    BudgetFull,

    /// <summary>The journal faulted before this entry was written. Nothing was recorded.</summary>
    Faulted,

    /// <summary>A write or sync of this entry's batch failed: it may be found again after a restart, or not.</summary>
    Ambiguous,

    /// <summary>The journal is closed. Nothing was recorded.</summary>
    Closed,

    /// <summary>Head or payload exceed what a record may hold. Nothing was recorded.</summary>
    TooLarge,

    /// <summary>The spool file could not be read, or does not match its CRC. Nothing was recorded.</summary>
    SpoolUnreadable,

    /// <summary>The epoch to begin is not above the journal's. Nothing was recorded.</summary>
    EpochFell,

    /// <summary>The journal is sealed (<see cref="Journal.SealAsync"/>). Nothing was recorded.</summary>
    Sealed,
}
