namespace Evenkeel.Data.Images.Transforms;

/// <summary>What becomes of images that are smaller than the crop.</summary>
public enum Enlarging
{
    /// <summary>They are enlarged.</summary>
    Allow,

    /// <summary>They are refused by name.</summary>
    Refuse,
}
