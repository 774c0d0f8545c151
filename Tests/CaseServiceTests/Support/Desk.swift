import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster

/// A desk on a database of its own, with shorthand for commands.
struct Desk: Sendable {
  let service: CaseService
  let database: TestDatabase
  let operatorActor = Actor(role: .operator, name: "desk")

  /// Runs a piece of a test against a desk.
  static func run<R: Sendable>(_ body: @escaping @Sendable (Desk) async throws -> R) async throws -> R {
    try await TestCluster.template(named: "desk") { settings in
      _ = try Store(settings).migrate()
    }
    return try await TestCluster.withDatabase(template: "desk") { database in
      let desk = Desk(
        service: try desk(database), database: database)
      do {
        let result = try await body(desk)
        await desk.service.stop()
        return result
      } catch {
        await desk.service.stop()
        throw error
      }
    }
  }

  /// Another service on the same database, as another process would have.
  static func desk(_ database: TestDatabase) throws -> CaseService {
    CaseService(
      store: Store(database.settings), keyFile: try keyFile(), policies: try PolicyLibrary.shipped())
  }

  static func keyFile() throws -> String {
    let path = try TestCluster.scratchDirectory() + "/desk.key"
    try KeyFile.create(at: path)
    return path
  }

  @discardableResult
  func organization(
    _ form: OrganizationForm, name: String = "Contoso", at: String? = nil
  ) async throws -> CommandAnswer {
    try await service.submit(
      CommandRequest(.organization(name, form), actor: operatorActor, occurredAt: at.map(time)))
  }

  /// Contoso of 21Vianet with an administrator, a subscription and, if asked for, the advanced agreement.
  func contoso(cloud: Cloud = .vianet, agreement: Bool = true, at: String = "2026-01-01T00:00:00Z")
    async throws
  {
    try await organization(.register(cloud: cloud, country: "CHN", domain: nil), at: at)
    try await organization(.addAdministrator(email: "li@contoso.cn", role: .global), at: at)
    try await organization(.startSubscription(.paid), at: at)
    if agreement { try await organization(.signAgreement(.advanced), at: at) }
  }

  func form(_ severity: Severity? = .b, type: RequestType = .technical, statement: String? = nil) -> OpenForm
  {
    var form = OpenForm(
      organization: "Contoso", administrator: "li@contoso.cn", type: type, service: "SharePoint Online",
      title: "网站无法访问", description: "Nobody reaches the site é", contactMethod: .email)
    form.email = "li@contoso.cn"
    form.severity = severity
    form.impactStatement = statement
    return form
  }

  @discardableResult
  func open(_ form: OpenForm? = nil, at: String? = nil) async throws -> CommandAnswer {
    try await service.submit(
      CommandRequest(.open(form ?? self.form()), actor: operatorActor, occurredAt: at.map(time)))
  }

  @discardableResult
  func change(
    _ reference: String?, _ command: CaseCommand, at: String? = nil, evidence: String? = nil
  ) async throws -> CommandAnswer {
    try await service.submit(
      CommandRequest(
        .change(CaseAddress(reference ?? ""), command, evidence: evidence), actor: operatorActor,
        occurredAt: at.map(time)))
  }

  func respond(_ reference: String?, at: String? = nil) async throws -> CommandAnswer {
    try await change(
      reference,
      .respond(
        kind: .seen, agent: "wang", channel: .email, texts: [PersonalText(.message, "We are looking into it")]
      ),
      at: at)
  }
}

/// An instant from RFC 3339; a wrong one is a fault of the test.
func time(_ text: String) -> Instant {
  guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is no time") }
  return instant
}
