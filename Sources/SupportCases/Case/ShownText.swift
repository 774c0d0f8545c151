extension StringProtocol {
  /// The text as a message names it: one of nothing but white space would not be seen there.
  public var shown: String { String(self).isBlank ? "'\(self)'" : String(self) }
}
