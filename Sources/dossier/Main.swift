internal import ArgumentParser

@main
struct Dossier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Support cases kept as history.")
}
