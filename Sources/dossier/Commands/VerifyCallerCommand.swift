internal import ArgumentParser
internal import CaseService
internal import Glibc
internal import SupportCases

struct VerifyCallerCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-caller",
    abstract: "Verify who calls from a number that is not registered (WW-6).",
    discussion: """
      'send' makes a code and has it delivered to the e-mail address or telephone number registered for the \
      administrator, by the program that --delivery-hook or DOSSIER_DELIVERY_HOOK names. The program reads five \
      lines on its standard input: email or phone, the address, the code, until when it is good, and a text for the \
      customer. 'confirm' checks what the caller reads back, from --pin or standard input. Until then nothing about \
      the organization is told to or changed for the caller, and the response clock waits (CK-3). A wrong code ends \
      with status 3 and is recorded; after too many a new one must be sent.
      """)

  enum Action: String, CaseIterable, ExpressibleByArgument {
    case send, confirm
  }

  @OptionGroup var target: CaseArgument
  @Argument(help: ArgumentHelp("send or confirm.", valueName: "action")) var action: Action
  @Option(help: ArgumentHelp("Where the code goes: email or phone.", valueName: "method"))
  var to: PreferredChannel?
  @Option(
    help: ArgumentHelp("What the caller read back; without it or with '-' standard input.", valueName: "code")
  )
  var pin: String?
  @Option(help: ArgumentHelp("The program that delivers codes (DOSSIER_DELIVERY_HOOK).", valueName: "path"))
  var deliveryHook: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    // It would say whether a code is right without using up a try.
    if write.dryRun {
      throw ValidationError("verify-caller takes no --dry-run: every code and every try counts")
    }
    if action == .send, pin != nil { throw ValidationError("--pin belongs to confirm") }
    if action == .confirm, to != nil { throw ValidationError("--to belongs to send") }
    if action == .confirm, deliveryHook != nil { throw ValidationError("--delivery-hook belongs to send") }
  }

  func run(in session: Session) async throws {
    let address = try target.address()
    switch action {
    case .send:
      let hook = try hook()
      let request = try write.request(
        .change(address, .issueCallerCode(channel: (to ?? .email).channel, salt: "", hash: "")))
      try await session.submit(request) { try await $0.sendCallerCode(request, hook: hook) }
    case .confirm:
      var texts = Texts()
      let answer = try texts.read(pin ?? "-", "--pin") as String
      let request = try write.request(.change(address, .confirmCaller(proofs: [], stated: "")))
      let outcome = try await session.submit(request) { try await $0.confirmCaller(request, answer: answer) }
      guard let failure = outcome.failure else { return }
      var told = Failure(.refused, failure.code, failure.message)
      told.rules = failure.rules
      throw told
    }
  }

  private func hook() throws(Failure) -> DeliveryHook {
    guard let path = try checked(deliveryHook ?? environment("DOSSIER_DELIVERY_HOOK"), "--delivery-hook")
    else {
      throw Failure(
        .configuration, "delivery-hook",
        "no program is named that delivers codes; give --delivery-hook PATH or set DOSSIER_DELIVERY_HOOK")
    }
    var info = stat()
    guard path.hasPrefix("/"), stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
      access(path, X_OK) == 0
    else {
      throw Failure(
        .configuration, "delivery-hook",
        "\(path.shown) is no program that can be run; give the whole path of one that delivers codes")
    }
    return DeliveryHook(program: path)
  }
}
