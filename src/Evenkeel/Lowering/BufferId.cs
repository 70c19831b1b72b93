namespace Evenkeel.Lowering;

/// <summary>A buffer of a plan. A type of its own, so that no step takes a count for a buffer.</summary>
/// <param name="Index">Its place among the plan's buffers.</param>
internal readonly record struct BufferId(int Index);
