namespace Evenkeel.Data.Images.Codecs;

/// <summary>Where the first row and the first column of what is stored belong, by Exif's numbers.</summary>
internal enum Orientation
{
    /// <summary>Top and left: as stored.</summary>
    Upright = 1,

    /// <summary>Top and right.</summary>
    Mirrored,

    /// <summary>Bottom and right.</summary>
    UpsideDown,

    /// <summary>Bottom and left.</summary>
    MirroredUpsideDown,

    /// <summary>Left and top: rows are columns.</summary>
    Transposed,

    /// <summary>Right and top: to be turned clockwise by a quarter.</summary>
    OnLeftSide,

    /// <summary>Right and bottom.</summary>
    TransposedUpsideDown,

    /// <summary>Left and bottom: to be turned anticlockwise by a quarter.</summary>
    OnRightSide,
}
