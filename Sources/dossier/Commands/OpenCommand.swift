internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct OpenCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open a request.",
    discussion: """
      Only an administrator of a subscribing organization may (ALL-2, CN-30). The severity assigned at once is the \
      lower of the one asked for and the one allowed: A needs an advanced agreement (CN-14), a technical problem \
      (CN-15) and a business impact statement (CN-16). A category that is out of scope is referred at once (CN-2, \
      CN-3); one that is the administrator's own stays with the customer until hand-over (CN-32, CN-34). With \
      --name a repeated open is safe. A text given as '-' is read from standard input.

      For a telephone call --caller NUMBER says where it came from. Worldwide a number that is not registered with \
      the organization needs --admin too, and verify-caller before anything else (WW-6). Numbers are taken in any \
      usual form: +86 10 5555 0100, 0086 10 ..., or as dialled in the organization's country.
      """)

  @Option(help: "The organization.") var organization: String
  @Option(help: ArgumentHelp("The administrator who asks, by e-mail address.", valueName: "email"))
  var admin: String?
  @Option(
    help: ArgumentHelp(
      "For a telephone call: the number it came from, or instead of --admin who calls.",
      valueName: "number|email"))
  var caller: String?
  @Option(help: ArgumentHelp("What is asked for; account means billing.", valueName: "type"))
  var type: RequestTypeArgument
  @Option(help: "The service concerned, as in 'Exchange Online'.") var service: String
  @Option(help: "The kind of problem, as in general-usage or customer-network.") var category: String?
  @Option(parsing: .unconditional, help: "The problem in a line.") var title: String
  @Option(parsing: .unconditional, help: "The problem.") var description: String
  @Option(help: ArgumentHelp("A (critical), B (moderate) or C (minimal).", valueName: "severity"))
  var severity: SeverityArgument?
  @Option(parsing: .unconditional, help: ArgumentHelp("The business impact (CN-16).", valueName: "text"))
  var impactStatement: String?
  @Option(help: ArgumentHelp("How to reach the customer.", valueName: "method"))
  var contactMethod: PreferredChannel
  @Option(help: "The address to answer to.") var email: String?
  @Option(help: "The number to call.") var phone: String?
  @Option(help: ArgumentHelp("The customer's time zone, as in Asia/Shanghai.", valueName: "zone"))
  var timeZone: String?
  @Option(help: "The language to answer in.") var language: String?
  @Option(help: ArgumentHelp("The user it is for (DE-1).", valueName: "email")) var onBehalfOf: String?
  @Option(help: "A service incident it belongs to.") var incident: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Self-help that did not help (ALL-6).", valueName: "text"))
  var selfHelp: String?
  @Option(help: "A name of your choice, unique in the organization.") var name: String?
  @Option(help: ArgumentHelp("An earlier case that this one follows (CK-10).", valueName: "case"))
  var follows: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func validate() throws {
    switch (admin, caller) {
    case (nil, nil):
      throw ValidationError("Missing expected argument '--admin <email>' or '--caller <number|email>'")
    case (.some, .some(let caller)) where caller.contains("@"):
      throw ValidationError("--admin and --caller exclude each other; name the person once")
    case (.some, _), (nil, .some): break
    }
  }

  func run(in session: Session) async throws {
    let request = try write.request(.open(try form()))
    try await session.submit(request) { try await $0.open(request) }
  }

  /// The administrator who calls, where --caller names a person and no number.
  private var callingPerson: String? { caller.flatMap { $0.contains("@") ? $0 : nil } }

  private func form() throws(Failure) -> OpenForm {
    var texts = Texts()
    var form = OpenForm(
      organization: try checked(organization, "--organization"),
      administrator: try checked(admin ?? callingPerson ?? "", admin == nil ? "--caller" : "--admin"),
      type: type.type,
      service: try checked(service, "--service"),
      title: try checked(try texts.read(title, "--title"), "--title"),
      description: try texts.read(description, "--description"), contactMethod: contactMethod.channel)
    form.byTelephone = caller != nil
    if callingPerson == nil { form.callerNumber = try checked(caller, "--caller") }
    form.category = try checked(category, "--category")
    form.severity = severity?.severity
    form.impactStatement = try texts.read(impactStatement, "--impact-statement")
    form.email = try checked(email, "--email")
    form.phone = try checked(phone, "--phone")
    form.timeZone = try checked(timeZone, "--time-zone")
    form.language = try checked(language, "--language")
    form.onBehalfOf = try checked(onBehalfOf, "--on-behalf-of")
    form.incident = try checked(incident, "--incident")
    form.selfHelp = try texts.read(selfHelp, "--self-help")
    form.name = try checked(name, "--name")
    form.follows = try checked(follows, "--follows")
    return form
  }
}
