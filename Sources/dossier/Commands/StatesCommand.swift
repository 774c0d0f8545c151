internal import ArgumentParser
internal import CaseService

/// Prints what the README shows of the states; hidden, because the README has it.
struct StatesCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "states", abstract: "Draw the states of a case from the program's own decisions.",
    discussion: "A Mermaid diagram and a table in Markdown, as README.md has them.", shouldDisplay: false)

  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    Terminal.print(try PolicyLibrary.shipped().stateDrawing)
  }
}
