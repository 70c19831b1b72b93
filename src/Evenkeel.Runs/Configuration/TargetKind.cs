namespace Evenkeel.Runs.Configuration;

/// <summary>What the outputs of a network are held against.</summary>
internal enum TargetKind
{
    /// <summary>Class labels, one of each example.</summary>
    Labels,

    /// <summary>The inputs themselves: an autoencoder learns from them.</summary>
    Inputs,

    /// <summary>Float values that lie beside the inputs.</summary>
    Values,
}
