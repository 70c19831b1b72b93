namespace Evenkeel.Execution;

/// <summary>Gradients in a row of one of this rank's slices.</summary>
/// <param name="Slice">Which one of the rank's.</param>
/// <param name="Start">First float.</param>
/// <param name="Count">Floats; 0 for nothing.</param>
internal readonly record struct GradientPart(int Slice, int Start, int Count);

/// <summary>A message each way between this rank and another, or between two slices of this rank.</summary>
/// <param name="Peer">The other rank; this one, where both parts are its own.</param>
/// <param name="Send">What goes.</param>
/// <param name="Receive">Where what comes belongs.</param>
/// <param name="Adds">Whether it is added to what is there or replaces it.</param>
internal readonly record struct GradientRound(int Peer, GradientPart Send, GradientPart Receive, bool Adds);
