/// Why a policy, calendar, zone or holiday file is refused.
public struct PolicyFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's name.
  public let file: String
  /// The place in it: the keys from the top, joined by dots; empty for the file as a whole.
  public let place: String
  /// The line of the file, counted from 1; nil where only the file as a whole is known.
  public let line: Int?
  /// What is wrong there, with the value.
  public let problem: String
  /// What would be accepted.
  public let accepted: String

  /// The refusal on one line.
  public var description: String {
    let place = place.isEmpty ? "" : " \(place):"
    let line = line.map { ":\($0)" } ?? ""
    return "\(file)\(line):\(place) \(problem); accepted: \(accepted)"
  }

  init(file: String, place: String = "", line: Int? = nil, _ problem: String, accepted: String) {
    self.file = file
    self.place = place
    self.line = line
    self.problem = problem.split(whereSeparator: \.isNewline).joined(separator: " ")
    self.accepted = accepted
  }
}
