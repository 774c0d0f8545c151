internal import Glibc

@main
enum Main {
  static func main() async {
    Terminal.prepare()
    exit(await Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
