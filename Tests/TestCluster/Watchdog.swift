internal import Glibc

/// A shell that waits until the test process is gone, also when it is killed, and then ends its servers and
/// removes their files. It notices by the end of a pipe whose other end only this process holds.
enum Watchdog {
  static let prefix = "dossier-test-"

  struct Failure: Error {
    let what: String
  }

  private static let script = """
    read -r _
    for round in 1 2 3 4 5; do
      for f in "$1"/*/cluster/postmaster.pid "$1"/*/*/cluster/postmaster.pid; do
        [ -f "$f" ] || continue
        p=$(sed -n 1p "$f"); sockets=$(sed -n 5p "$f")
        kill -QUIT "$p"
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -d "/proc/$p/cwd" ] && sleep 0.1; done
        [ -z "$sockets" ] || rm -rf "$sockets"
      done
      rm -rf "$1"
      # An initdb or a server that was just starting can still be writing.
      sleep 1
      [ -e "$1" ] || break
    done
    """

  static func start(_ directory: String) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(what: "pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // The writing end stays open until the process ends.
    try spawn(script, [directory], input: ends[0])
    close(ends[0])
  }

  /// Ends and removes what dead test processes left, whose watchdogs were killed with them.
  static func sweep(_ base: String) {
    guard let directory = opendir(base) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count)) else { continue }
      guard kill(process, 0) != 0, errno == ESRCH else { continue }
      let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
      try? spawn(script, ["\(base)/\(name)"], input: null)
      close(null)
    }
  }

  private static func spawn(_ script: String, _ arguments: [String], input: Int32) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: ctrl-C in the terminal ends the tests, and the watchdog has to outlive them.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var words = (["sh", "-c", script, "watchdog"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ) == 0 else {
      throw Failure(what: "posix_spawn")
    }
  }
}
