/// How grave a case is for the customer (CN-11 to CN-13). `a` is the strictest.
public enum Severity: String, CaseIterable, Comparable, Sendable {
  /// Critical (CN-11).
  case a
  /// High (CN-12).
  case b
  /// Non-critical, "medium" in the response table (CN-13, SRC-4).
  case c

  /// Orders by strictness: C is less than B is less than A.
  public static func < (left: Severity, right: Severity) -> Bool {
    left.strictness < right.strictness
  }

  private var strictness: Int {
    switch self {
    case .a: 2
    case .b: 1
    case .c: 0
    }
  }
}

/// The cloud an organisation belongs to (ALL-1).
public enum Cloud: String, CaseIterable, Sendable {
  /// The worldwide cloud.
  case worldwide
  /// Office 365 operated by 21Vianet, China.
  case vianet = "21vianet"
  /// Microsoft Cloud Germany.
  case germany

  /// The general support page of the worldwide cloud, which is for everybody (WW-8).
  public static let supportPage = "https://support.microsoft.com/contactus"
}

/// What a request asks for (CN-1, DE-1).
public enum RequestType: String, CaseIterable, Sendable {
  /// Technical support (CN-5).
  case technical
  /// Billing and subscription management (CN-6); `account` in Germany means this (DE-1).
  case billing
  /// Pre-sales (CN-7).
  case presales
}
