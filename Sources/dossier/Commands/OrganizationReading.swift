internal import ArgumentParser
internal import CaseService
internal import SupportCases

struct OrganizationShow: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an organization: its people, agreements and subscriptions, with their times.")

  @OptionGroup var organization: OrganizationArgument
  @OptionGroup(title: "Reading") var read: ReadOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let name = try checked(organization.name, "the organization")
    let moment = try read.moment()
    let report = try await session.withService { try await $0.organization(name, asOf: moment) }
    show(report.json, as: session.format) { OrganizationView(report: report).lines(in: session.look) }
  }
}

struct OrganizationList: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the organizations, by name.")

  @OptionGroup var list: ListOptions
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    let all = try await session.withService { try await $0.organizations() }
    let shown = list.limit(for: session.format).map { Array(all.prefix($0)) } ?? all
    let names = ["organization", "cloud", "ledger", "country", "domain", "registered_at", "version"]
    show(list: shown.map(\.json), names: names, as: session.format) {
      table(shown, session.look) + remainder(shown: shown.count, of: all.count, "organizations")
    }
  }

  private func table(_ reports: [OrganizationReport], _ look: Look) -> [String] {
    var table = Table([
      .init("organization", least: 12), .init("cloud"), .init("country"), .init("admins", isNumber: true),
      .init("agreement"), .init("subscription"), .init("registered"),
    ])
    for report in reports {
      let now = report.observedAt
      func held(_ spells: [OrganizationReport.Held]) -> String {
        spells.filter { $0.holds(at: now) }.map(\.kind).joined(separator: ", ")
      }
      table.add([
        Cell(report.name), Cell(report.state.cloud.rawValue), Cell(report.state.country),
        Cell("\(report.state.administrators(at: now).count)"), Cell(held(report.agreements)),
        Cell(held(report.subscriptions)), Cell(look.time(report.state.registeredAt)),
      ])
    }
    return reports.isEmpty ? ["no organizations"] : table.lines(in: look)
  }
}

/// An organisation for people.
struct OrganizationView {
  let report: OrganizationReport

  func lines(in look: Look) -> [String] {
    let state = report.state
    var lines = [
      look.paint(escaped(report.name), .bold) + "  \(state.cloud.rawValue), \(escaped(state.country))"
        + (state.domain.map { ", " + escaped($0) } ?? "") + ", registered \(look.time(state.registeredAt))"
    ]
    var table = Table([.init("what"), .init("who or which", least: 16), .init("from"), .init("until")])
    func add(_ what: String, _ spells: [OrganizationReport.Held], _ text: (OrganizationReport.Held) -> String)
    {
      for spell in spells {
        table.add([
          Cell(what), Cell(text(spell), spell.holds(at: report.observedAt) ? .plain : .dim),
          Cell(look.time(spell.from)), Cell(look.time(spell.until)),
        ])
      }
    }
    add("administrator", report.administrators) { "\($0.what) (\($0.kind))" }
    add("user", report.users, \.what)
    add("agreement", report.agreements, \.kind)
    add("subscription", report.subscriptions, \.kind)
    add("phone", report.phones) { $0.kind.isEmpty ? $0.what : "\($0.what) (\($0.kind))" }
    if !table.rows.isEmpty { lines += [""] + table.lines(in: look) }
    var duties = Table([.init("standing duty", least: 20), .init("holder"), .init("rule")])
    for duty in OrganizationReport.standingDuties {
      duties.add([Cell(duty.duty), Cell(duty.holder.rawValue), Cell(duty.rule.rawValue)])
    }
    return lines + [""] + duties.lines(in: look)
  }
}
