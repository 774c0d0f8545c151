/// Why a policy, calendar, zone or holiday file is refused.
public struct PolicyFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's name.
  public let file: String
  /// The place in it: the keys from the top, joined by dots; empty for the file as a whole.
  public let place: String
  /// What is wrong there, with the value.
  public let problem: String
  /// What would be accepted.
  public let accepted: String

  /// The refusal on one line.
  public var description: String {
    let place = place.isEmpty ? "" : " \(place):"
    return "\(file):\(place) \(problem); accepted: \(accepted)"
  }

  init(file: String, place: String = "", _ problem: String, accepted: String) {
    self.file = file
    self.place = place
    self.problem = problem.split(whereSeparator: \.isNewline).joined(separator: " ")
    self.accepted = accepted
  }
}
