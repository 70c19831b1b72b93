namespace Evenkeel.Testing.Fuzzing;

/// <summary>What is wrong with how reading a file ended.</summary>
/// <param name="Kind">The same for all that have the same cause.</param>
/// <param name="What">What it is, for people.</param>
internal sealed record FuzzFault(string Kind, string What);
