internal import Postgres
internal import SupportCases

/// The mix of commands a benchmark gives, over cases of its own. Every lane owns its cases, so that lanes
/// never meet on a stream.
///
/// Per 100 commands: 10 open, 10 classify, 35 respond, 15 request-information, 15 provide, 5 escalate or
/// downgrade, 10 resolve.
struct Lane {
  private enum Kind {
    case open, classify, respond, ask, provide, shift, resolve
  }

  private struct Member {
    var reference: String
    var isClassified = false
    var isAsked = false
    var isB = true
  }

  private static let mix: [(Kind, Int)] = [
    (.open, 10), (.classify, 10), (.respond, 35), (.ask, 15), (.provide, 15), (.shift, 5), (.resolve, 10),
  ]

  private var members: [Member] = []
  private var random: SplitMix
  private let service: CaseService
  private let organization: String
  private static let actor = Actor(role: .operator, name: "bench")

  init(_ service: CaseService, organization: String, seed: UInt64) {
    self.service = service
    self.organization = organization
    random = SplitMix(state: seed)
  }

  /// Opens cases until the lane has that many.
  mutating func fill(to count: Int) async throws(ServiceError) {
    while members.count < count {
      if Task.isCancelled { throw ServiceError(CancellationError()) }
      try await open()
    }
  }

  /// Gives one command of the mix.
  mutating func step() async throws(ServiceError) {
    switch pick() {
    case .open: try await open()
    case .classify: try await change({ !$0.isClassified }, classify)
    case .respond: try await change({ _ in true }, respond)
    case .ask: try await change({ !$0.isAsked }, ask)
    case .provide: try await change({ $0.isAsked }, provide)
    case .shift: try await change({ _ in true }, shift)
    case .resolve: try await resolve()
    }
  }

  private mutating func pick() -> Kind {
    var ticket = Int(random.next() % 100)
    for (kind, share) in Self.mix {
      ticket -= share
      if ticket < 0 { return kind }
    }
    return .respond
  }

  private mutating func open() async throws(ServiceError) {
    var form = OpenForm(
      organization: organization, administrator: Benchmark.administrator, type: .technical,
      service: "Exchange Online", title: "Mail to partners is delayed",
      description: "Since this morning messages to two partner domains arrive an hour late.",
      contactMethod: .email)
    form.email = Benchmark.administrator
    form.severity = .b
    let answer = try await service.submit(CommandRequest(.open(form), actor: Self.actor))
    members.append(Member(reference: answer.reference ?? ""))
  }

  /// A member that fits, looked for from a random place on; the case where none fits is answered.
  private mutating func change(
    _ fits: (Member) -> Bool, _ body: (inout Member) -> CaseCommand
  ) async throws(ServiceError) {
    if members.isEmpty { return try await open() }
    let start = Int(random.next() % UInt64(members.count))
    let count = members.count
    let found = (0..<count).first { fits(members[(start + $0) % count]) }.map { (start + $0) % count }
    let index = found ?? start
    let command = found == nil ? respond(&members[index]) : body(&members[index])
    try await submit(members[index].reference, command)
  }

  private mutating func resolve() async throws(ServiceError) {
    guard !members.isEmpty else { return try await open() }
    let index = Int(random.next() % UInt64(members.count))
    members.swapAt(index, members.count - 1)
    let member = members.removeLast()
    try await submit(
      member.reference,
      .resolve(texts: [PersonalText(.summary, "The connector was mended; mail flows again.")]))
  }

  private func submit(_ reference: String, _ command: CaseCommand) async throws(ServiceError) {
    _ = try await service.submit(
      CommandRequest(.change(.reference(reference), command), actor: Self.actor))
  }

  private func classify(_ member: inout Member) -> CaseCommand {
    member.isClassified = true
    return .classify(
      severity: member.isB ? .b : .c, category: "configuration", issueType: "mail-flow", texts: [])
  }

  private func respond(_: inout Member) -> CaseCommand {
    .respond(
      kind: .seen, agent: "agent-7", channel: .email,
      texts: [PersonalText(.message, "We see the delay and are following the connector's queue.")])
  }

  private func ask(_ member: inout Member) -> CaseCommand {
    member.isAsked = true
    return .requestInformation(
      agent: "agent-7", texts: [PersonalText(.items, "Message headers of two delayed messages")])
  }

  private func provide(_ member: inout Member) -> CaseCommand {
    member.isAsked = false
    return .provide(texts: [PersonalText(.message, "The headers are in the attachment.")])
  }

  private func shift(_ member: inout Member) -> CaseCommand {
    member.isB.toggle()
    return member.isB
      ? .escalate(severity: .b, tier: nil, texts: [])
      : .downgrade(severity: .c, reason: .impactChanged, evidence: 1, texts: [])
  }
}

/// A small generator with a seed, so that two runs give the same commands.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
