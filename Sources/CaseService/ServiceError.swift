public import EventStore
internal import Postgres
public import SupportCases

/// The room's one error.
public enum ServiceError: Error, Sendable {
  /// A rule refused; people are named where the refusal says who helps instead.
  case rejected(Rejection, helpers: [String])
  /// The case, organisation or file does not exist.
  case notFound(String)
  /// A value is missing or unusable.
  case invalid(String)
  /// The log holds something this program cannot read.
  case codec(CodecError)
  /// A policy or calendar file is wrong.
  case policy(PolicyFileError)
  /// The store or the database failed.
  case store(StoreError)
  /// Clocks are too far apart, and nothing is to be recorded while they are.
  case clock(ClockSkew)
  /// The program that delivers callers' codes failed.
  case delivery(String)
  /// A fault of the program's own.
  case fault(String)

  /// Whether it is about one case alone, so that others need not wait for it: not where the database or the key
  /// file is at fault.
  var isOfOneCase: Bool {
    switch self {
    case .rejected, .notFound, .invalid, .codec, .policy, .delivery, .fault, .store(.sealBroken): true
    case .store, .clock: false
    }
  }

  /// Wraps what other rooms throw.
  init(_ error: any Error) {
    switch error {
    case let error as ServiceError: self = error
    case let error as Rejection: self = .rejected(error, helpers: [])
    case let error as StoreError: self = .store(error)
    case let error as PostgresError: self = .store(.database(error))
    case let error as CodecError: self = .codec(error)
    case let error as PolicyFileError: self = .policy(error)
    case is CancellationError: self = .store(.database(.cancelled))
    default: self = .fault("\(type(of: error))")
    }
  }
}
