internal import EventStore
internal import Postgres
internal import Synchronization

/// What is known of the write that runs, for the word told when the program ends before its answer could be shown.
enum Underway {
  private enum State {
    case nothing
    case submitted(UUIDBytes)
    case recorded(String)
  }

  private static let state = Mutex(State.nothing)

  /// A command goes to the database now.
  static func submit(_ id: UUIDBytes) { state.withLock { $0 = .submitted(id) } }

  /// The command that went to the database is recorded there.
  static func record() {
    state.withLock { state in
      if case .submitted(let id) = state {
        state = .recorded("it is recorded; give it again with --command-id \(id) to see the answer")
      }
    }
  }

  /// What a command that is no single write has done.
  static func record(_ what: String) { state.withLock { $0 = .recorded(what) } }

  /// It ended without writing, as a dry run does or a refusal.
  static func forget() { state.withLock { $0 = .nothing } }

  /// What was done although no answer could be shown; nil where nothing was.
  static var recorded: String? {
    state.withLock { if case .recorded(let what) = $0 { what } else { nil } }
  }

  /// What to tell whoever stops the program before the answer is there; nil where nothing was begun.
  static var unknown: String? {
    state.withLock { state in
      switch state {
      case .nothing: nil
      case .submitted(let id):
        "stopped; whether it was recorded is not known: give it again with --command-id \(id)"
      case .recorded(let what): "stopped; \(what)"
      }
    }
  }
}
