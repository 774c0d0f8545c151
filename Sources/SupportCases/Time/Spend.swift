/// How much of a target has been used, exactly: a fraction of hours or of business days (CK-2).
///
/// Amounts of the same unit and calendar can be added. An amount stays exact as long as its fraction fits
/// 128 bits; past that (sums over days of many unrelated lengths) it is rounded down below 10⁻¹⁶ of a unit.
public struct Spend: Sendable {
  /// Nothing.
  public static let zero = Spend(0, over: 1)

  private(set) var numerator: Int128
  private(set) var denominator: Int128

  init(_ numerator: Int128, over denominator: Int128) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The sum of two amounts of the same unit.
  public static func + (left: Spend, right: Spend) -> Spend {
    if left.denominator == right.denominator {
      return Spend(left.numerator + right.numerator, over: left.denominator)
    }
    return exactSum(left, right) ?? exactSum(left.coarse, right.coarse) ?? left
  }

  /// What is left of the first amount without the second.
  static func - (left: Spend, right: Spend) -> Spend {
    left + Spend(-right.numerator, over: right.denominator)
  }

  /// The amount a whole number of times.
  func times(_ factor: Int128) -> Spend { Spend(numerator * factor, over: denominator) }

  /// True where nothing, or less than nothing, is left.
  var isUsedUp: Bool { numerator <= 0 }

  /// The whole units, rounded down.
  var whole: Int128 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// What stands beyond the whole units, from 0 up to but not including 1.
  var part: Spend { Spend(numerator - whole * denominator, over: denominator) }

  /// This many units of a size, rounded up.
  func scaledUp(by size: Int64) -> Int64? {
    let part = part.fitted
    let (quotient, remainder) = (part.numerator * Int128(size)).quotientAndRemainder(
      dividingBy: part.denominator)
    let (units, overflow) = whole.multipliedReportingOverflow(by: Int128(size))
    return overflow ? nil : Int64(exactly: units + quotient + (remainder > 0 ? 1 : 0))
  }

  private static let coarseness: Int128 = 1 << 56

  /// The same with a denominator small enough that it can be multiplied by a length in microseconds.
  private var fitted: Spend { denominator >> 80 == 0 ? self : coarse }

  /// The amount rounded down to a fixed fraction.
  private var coarse: Spend {
    let part = part
    let product = UInt128(part.numerator).multipliedFullWidth(by: UInt128(Self.coarseness))
    let rounded = UInt128(denominator).dividingFullWidth(product).quotient
    return Spend(whole * Self.coarseness + Int128(rounded), over: Self.coarseness)
  }

  private static func exactSum(_ left: Spend, _ right: Spend) -> Spend? {
    let common = greatestCommonDivisor(left.denominator, right.denominator)
    let (leftFactor, rightFactor) = (right.denominator / common, left.denominator / common)
    let (first, overflow1) = left.numerator.multipliedReportingOverflow(by: leftFactor)
    let (second, overflow2) = right.numerator.multipliedReportingOverflow(by: rightFactor)
    let (sum, overflow3) = first.addingReportingOverflow(second)
    let (under, overflow4) = left.denominator.multipliedReportingOverflow(by: leftFactor)
    guard !overflow1, !overflow2, !overflow3, !overflow4 else { return nil }
    let shared = under >> 62 == 0 ? 1 : greatestCommonDivisor(sum.magnitude == 0 ? under : sum, under)
    return Spend(sum / shared, over: under / shared)
  }
}

extension Spend: Comparable {
  /// True if both are the same amount.
  public static func == (left: Spend, right: Spend) -> Bool {
    (left - right).numerator == 0
  }

  /// True if the left one is less.
  public static func < (left: Spend, right: Spend) -> Bool {
    (left - right).numerator < 0
  }
}

private func greatestCommonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
  var (larger, smaller) = (left.magnitude, right.magnitude)
  while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
  return Int128(larger)
}
