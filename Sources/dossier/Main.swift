internal import Glibc

@main
enum Main {
  static func main() {
    Terminal.prepare()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do throws(Failure) {
      try SystemLimits.check()
    } catch {
      error.show(as: .stated(in: arguments))
      exit(error.status.rawValue)
    }
    Task.detached { exit(await Program.run(arguments).rawValue) }
    // All work is on threads whose stacks do not depend on this one's.
    while true { pause() }
  }
}
