internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct OrganizationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "organization", abstract: "Who may ask for what, as history (ALL-1 to ALL-3).",
    subcommands: [
      Register.self, OrganizationShow.self, OrganizationList.self, Admin.self, User.self, Agreement.self,
      Subscription.self, Phone.self,
    ])

  struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "admin", abstract: "Administrators and their roles.",
      subcommands: [AdminAdd.self, AdminRemove.self])
  }

  struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "user", abstract: "Users who are no administrators.",
      subcommands: [UserAdd.self, UserRemove.self])
  }

  struct Agreement: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "agreement", abstract: "Agreements, which severity A needs (CN-14).",
      subcommands: [AgreementSign.self, AgreementEnd.self])
  }

  struct Subscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "subscription", abstract: "Subscriptions, which every request needs (CN-1).",
      subcommands: [SubscriptionStart.self, SubscriptionEnd.self])
  }

  struct Phone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "phone", abstract: "Registered telephone numbers (WW-6).",
      subcommands: [PhoneRegister.self, PhoneRemove.self])
  }
}

/// A command that changes one organisation.
protocol OrganizationChange: Subcommand {
  var organization: OrganizationArgument { get }
  var write: WriteOptions { get }
  func form() throws(Failure) -> OrganizationForm
}

extension OrganizationChange {
  func run(in session: Session) async throws {
    let name = try checked(organization.name, "the organization")
    try await session.submit(try write.request(.organization(name, try form())))
  }
}

struct OrganizationArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The organization's name.", valueName: "organization")) var name: String
}

struct Register: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Register an organization with its cloud (ALL-1).")

  @OptionGroup var organization: OrganizationArgument
  @Option(help: "worldwide, 21vianet or germany.") var cloud: Cloud
  @Option(help: ArgumentHelp("Three letters of ISO 3166-1, as in CHN.", valueName: "iso3")) var country:
    String
  @Option(help: "Its domain; one of onmicrosoft.de belongs to germany.") var domain: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    .register(
      cloud: cloud, country: try checked(country, "--country"), domain: try checked(domain, "--domain"))
  }
}

struct AdminAdd: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make somebody administrator.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The person's e-mail address.") var email: String
  @Option(help: "global, billing, service-support or user.") var role: AdministratorRole = .global
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    .addAdministrator(email: try checked(email, "the e-mail address"), role: role)
  }
}

struct AdminRemove: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "End an administrator's role, or all of them.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The person's e-mail address.") var email: String
  @Option(help: "global, billing, service-support or user; without it all.") var role: AdministratorRole?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    .removeAdministrator(email: try checked(email, "the e-mail address"), role: role)
  }
}

struct UserAdd: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make somebody known as a user.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The person's e-mail address.") var email: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    .addUser(email: try checked(email, "the e-mail address"))
  }
}

struct UserRemove: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "End that somebody is known as a user.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The person's e-mail address.") var email: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    .removeUser(email: try checked(email, "the e-mail address"))
  }
}

struct AgreementSign: OrganizationChange {
  static let configuration = CommandConfiguration(commandName: "sign", abstract: "Sign an agreement.")

  @OptionGroup var organization: OrganizationArgument
  @Option(help: "advanced: the advanced online service agreement.") var kind: AgreementKind
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm { .signAgreement(kind) }
}

struct AgreementEnd: OrganizationChange {
  static let configuration = CommandConfiguration(commandName: "end", abstract: "End an agreement.")

  @OptionGroup var organization: OrganizationArgument
  @Option(help: "advanced: the advanced online service agreement.") var kind: AgreementKind
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm { .endAgreement(kind) }
}

struct SubscriptionStart: OrganizationChange {
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Begin a subscription.")

  @OptionGroup var organization: OrganizationArgument
  @Option(help: "paid or trial.") var kind: SubscriptionKind
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm { .startSubscription(kind) }
}

struct SubscriptionEnd: OrganizationChange {
  static let configuration = CommandConfiguration(commandName: "end", abstract: "End a subscription.")

  @OptionGroup var organization: OrganizationArgument
  @Option(help: "paid or trial.") var kind: SubscriptionKind
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm { .endSubscription(kind) }
}

struct PhoneRegister: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Register a telephone number of an organization (WW-6).",
    discussion:
      "Calls from a registered number need no verification; with --admin a code can be sent to it too.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The number, in any usual form.") var number: String
  @Option(help: ArgumentHelp("The administrator whose number it is.", valueName: "email")) var admin: String?
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm {
    let number = try checked(number, "the number") as String
    guard let admin = try checked(admin, "--admin") else { return .registerPhone(number: number) }
    return .registerAdministratorPhone(number: number, email: admin)
  }
}

struct PhoneRemove: OrganizationChange {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "End the registration of a telephone number (WW-6).",
    discussion: "From then on calls from it are verified, and no code is sent to it.")

  @OptionGroup var organization: OrganizationArgument
  @Argument(help: "The number, in any usual form.") var number: String
  @OptionGroup(title: "Writing") var write: WriteOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func form() throws(Failure) -> OrganizationForm { .removePhone(number: try checked(number, "the number")) }
}
