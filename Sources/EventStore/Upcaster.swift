/// Brings events of old shapes to the newest: each step turns one schema version into the next.
public struct Upcaster: Sendable {
  /// A step: the payload of one version in, that of the next out.
  public typealias Step = @Sendable ([UInt8]) throws -> [UInt8]

  private var steps: [String: [Int16: Step]] = [:]

  /// An upcaster without steps.
  public init() {}

  /// Adds the step from a version of a type to the next.
  public mutating func add(_ type: String, from version: Int16, _ step: @escaping Step) {
    steps[type, default: [:]][version] = step
  }

  /// True if nothing ever has to be changed, so that readers can skip it.
  public var isEmpty: Bool { steps.isEmpty }

  /// The payload in the newest shape of its type. What is stored stays as it is.
  public func upcast(_ type: String, version: Int16, _ data: [UInt8]) throws -> (
    version: Int16, data: [UInt8]
  ) {
    var (version, data) = (version, data)
    while let step = steps[type]?[version] {
      data = try step(data)
      version += 1
    }
    return (version, data)
  }
}
