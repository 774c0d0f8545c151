internal import SupportCases

// The organisation a mapping names.
extension MappingReader {
  func organization(_ node: DataNode) throws(PolicyFileError) -> ImportMapping.Organization {
    let fields = try node.fields(
      "name", "cloud", "country", "domain", "since", "administrators", "subscription", "agreement")
    var held: [ImportMapping.Organization.Held] = []
    let people = try fields.need(
      "administrators", accepted: "a list of e-mail addresses or of maps with email")
    var first: String?
    for person in try people.list() {
      let (email, one) = try administrator(person)
      first = first ?? email
      held.append(one)
    }
    guard let first else { throw people.refusal("is empty", accepted: "at least one e-mail address") }
    let subscription = try fields.need("subscription", accepted: "paid or trial")
    held.append(
      try spell(
        subscription, SubscriptionKind.allCases, OrganizationForm.startSubscription,
        OrganizationForm.endSubscription))
    if let agreement = fields["agreement"] {
      held.append(
        try spell(
          agreement, AgreementKind.allCases, OrganizationForm.signAgreement, OrganizationForm.endAgreement))
    }
    return ImportMapping.Organization(
      name: try fields.need("name", accepted: "the organization's name").text(),
      cloud: try fields.need("cloud", accepted: "worldwide, 21vianet or germany").choice(of: Cloud.allCases),
      country: try fields.need("country", accepted: "three capital letters of ISO 3166-1, as in CHN").text(),
      domain: try fields["domain"]?.text(), since: try since(fields["since"]), held: held,
      administrator: first)
  }

  private func administrator(
    _ node: DataNode
  ) throws(PolicyFileError) -> (String, ImportMapping.Organization.Held) {
    guard node.isMap else {
      let email = try node.text()
      return (email, .init(form: .addAdministrator(email: email, role: .global)))
    }
    let fields = try node.fields("email", "role", "since", "until")
    let email = try fields.need("email", accepted: "an e-mail address").text()
    let role = try fields["role"]?.choice(of: AdministratorRole.allCases) ?? .global
    return (
      email,
      .init(
        form: .addAdministrator(email: email, role: role), since: try since(fields["since"]),
        until: try fields["until"]?.instant(), ending: .removeAdministrator(email: email, role: role))
    )
  }

  /// `paid`, or a map with kind, since and until.
  private func spell<Kind: RawRepresentable<String>>(
    _ node: DataNode, _ kinds: [Kind], _ begin: (Kind) -> OrganizationForm, _ end: (Kind) -> OrganizationForm
  ) throws(PolicyFileError) -> ImportMapping.Organization.Held {
    guard node.isMap else { return .init(form: begin(try node.choice(of: kinds))) }
    let fields = try node.fields("kind", "since", "until")
    let known = kinds.map(\.rawValue).joined(separator: ", ")
    let kind = try fields.need("kind", accepted: known).choice(of: kinds)
    return .init(
      form: begin(kind), since: try since(fields["since"]), until: try fields["until"]?.instant(),
      ending: end(kind))
  }

  private func since(_ node: DataNode?) throws(PolicyFileError) -> Instant? {
    guard let node, try node.text() != "before-first-row" else { return nil }
    return try node.instant()
  }
}
