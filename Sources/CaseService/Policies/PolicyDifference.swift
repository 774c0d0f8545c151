internal import SupportCases

/// One value in which two versions of a policy differ.
public struct PolicyDifference: Sendable, Hashable {
  /// What became of the value.
  public enum Change: String, Sendable {
    /// Only the second version has it.
    case added
    /// Only the first version has it.
    case removed
    /// Both have it, but not the same.
    case changed
  }

  /// The value in the first version; nil where it was added.
  public var before: PolicyLine?
  /// The value in the second version; nil where it was removed.
  public var after: PolicyLine?

  /// What became of it.
  public var change: Change { before == nil ? .added : after == nil ? .removed : .changed }

  private var line: PolicyLine? { after ?? before }

  /// The part of the policy, as in `initial_response`.
  public var section: String { line?.section ?? "" }
  /// The value's name within the part, as in `technical.b`.
  public var key: String { line?.key ?? "" }

  /// The difference in words: `1 business day becomes 4 hours; the operator's choice, no longer the sources'`.
  public var words: String {
    switch (before, after) {
    case (nil, let after?): return "\(told(after)) is new" + origin(of: after)
    case (let before?, nil): return "\(told(before)) is gone" + origin(of: before)
    case (let before?, let after?):
      var parts: [String] = []
      if before.value != after.value { parts.append("\(before.value) becomes \(after.value)") }
      if before.note != after.note {
        parts.append("\(before.note ?? "no note") becomes \(after.note ?? "no note")")
      }
      if before.rule != after.rule {
        parts.append("under \(after.rule ?? "no rule"), no longer under \(before.rule ?? "no rule")")
      }
      if before.basis != after.basis {
        parts.append("\(setBy(after.basis)), no longer \(setBy(before.basis))")
      }
      return parts.joined(separator: "; ")
    case (nil, nil): return ""
    }
  }

  private func told(_ line: PolicyLine) -> String { line.value == "true" ? line.key : line.value }

  private func origin(of line: PolicyLine) -> String {
    line.basis.map { ", \(setBy($0))" } ?? ""
  }

  private func setBy(_ basis: Basis?) -> String {
    switch basis {
    case .source: "the sources'"
    case .choice: "the operator's choice"
    case nil: "nobody's in particular"
    }
  }
}

extension PolicyEdition {
  /// The values in which another edition differs, in its order; the name is not one of them.
  public func differences(to second: PolicyEdition) -> [PolicyDifference] {
    let before = numbered(lines)
    let after = numbered(second.lines)
    var differences: [PolicyDifference] = []
    for (name, line) in after {
      let old = before.first { $0.name == name }?.line
      if old != line { differences.append(PolicyDifference(before: old, after: line)) }
    }
    for (name, line) in before where !after.contains(where: { $0.name == name }) {
      differences.append(PolicyDifference(before: line, after: nil))
    }
    return differences
  }

  /// The lines by section, key and how often that key came before: statements can share a rule.
  private func numbered(_ lines: [PolicyLine]) -> [(name: [String], line: PolicyLine)] {
    var seen: [[String]: Int] = [:]
    return lines.filter { !($0.section == "policy" && $0.key == "name") }.map { line in
      let count = seen[[line.section, line.key], default: 0]
      seen[[line.section, line.key]] = count + 1
      return ([line.section, line.key, String(count)], line)
    }
  }
}
