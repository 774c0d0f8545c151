public import EventStore
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
}
