package visibility

// DisclosesDecided reports whether it is decided of a body that it discloses its visit or not.
var DisclosesDecided = discloses
