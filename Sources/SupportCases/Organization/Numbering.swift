/// How telephone numbers of a country are written: facts of ITU-T E.164 and of its own plan.
public struct NumberingPlan: Hashable, Sendable {
  /// What its numbers begin with abroad, without the plus sign.
  public var callingCode: String
  /// What is dialled there before a number abroad; several where carriers have their own.
  public var internationalPrefixes: [String]
  /// What is dialled there before a number at home, the longest first; none where nothing is. Several where people
  /// write more than one, as 8, 80 and 0 in Belarus.
  public var trunkPrefixes: [String]
  /// How many digits follow the calling code.
  public var digits: ClosedRange<Int>
  /// True where an area code has the digits of the calling code, so that `(55) 3220 8000` is a number at home.
  public var callingCodeIsArea: Bool

  /// A plan, all values given.
  public init(
    callingCode: String, internationalPrefixes: [String], trunkPrefixes: [String], digits: ClosedRange<Int>,
    callingCodeIsArea: Bool = false
  ) {
    self.callingCode = callingCode
    self.internationalPrefixes = internationalPrefixes
    self.trunkPrefixes = trunkPrefixes.sorted { $0.count > $1.count }
    self.digits = digits
    self.callingCodeIsArea = callingCodeIsArea
  }
}

/// The countries of ISO 3166-1 and every calling code in use.
public struct Numbering: Hashable, Sendable {
  /// The plan of each country, by its three letters.
  public var countries: [String: NumberingPlan]
  /// How many digits follow each calling code, those of no country included.
  public private(set) var callingCodes: [String: ClosedRange<Int>]
  /// What is dialled at home before numbers of a calling code, where that begins with a zero.
  private(set) var zeroTrunks: [String: String] = [:]

  /// A table.
  ///
  /// - Parameters:
  ///   - others: calling codes that no country has, with how many digits follow.
  public init(countries: [String: NumberingPlan], others: [String: ClosedRange<Int>]) {
    self.countries = countries
    callingCodes = others
    for plan in countries.values {
      let known = callingCodes[plan.callingCode] ?? plan.digits
      callingCodes[plan.callingCode] =
        min(known.lowerBound, plan.digits.lowerBound)...max(known.upperBound, plan.digits.upperBound)
      if let trunk = plan.trunkPrefixes.first(where: { $0.hasPrefix("0") }) {
        zeroTrunks[plan.callingCode] = trunk
      }
    }
  }

  /// The calling code that digits begin with; nil if there is none. No code is the beginning of another.
  func callingCode(of digits: some StringProtocol) -> String? {
    (1...3).lazy.map { String(digits.prefix($0)) }.first { callingCodes[$0] != nil }
  }
}
