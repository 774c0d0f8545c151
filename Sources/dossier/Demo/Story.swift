/// What the demo plays: the sources' own examples in one organisation of 21Vianet's cloud. Times are Beijing's.
enum Story {
  enum Step {
    case say(String)
    case command([String])
    /// Its answer says nothing new.
    case prepare([String])
  }

  static let end = "2026-09-24 18:00"

  static func farewell(_ url: String, _ keyFile: String) -> String {
    """

    To look around in it:
      export DOSSIER_DATABASE_URL='\(url)' DOSSIER_KEY_FILE='\(keyFile)'
      dossier show CN-1002; dossier history CN-1003; dossier queue
    """
  }

  static let steps: [Step] = setUp + outage + sendButton + password + elsewhere + views

  private static func words(_ line: String, _ rest: String...) -> Step {
    .command(line.split(separator: " ").map(String.init) + rest)
  }

  /// A request of Contoso's first administrator, who wants to be answered by e-mail.
  private static func open(
    _ name: String, _ type: String, _ service: String, _ title: String, _ description: String, at: String,
    _ more: String...
  ) -> Step {
    .command(
      [
        "open", "--organization", "Contoso", "--admin", "wang@contoso.cn", "--name", name, "--type", type,
        "--service", service, "--title", title, "--description", description, "--contact-method", "email",
        "--email", "wang@contoso.cn",
      ] + more + ["--at", at])
  }

  private static let setUp: [Step] =
    [.say("A customer of 21Vianet's: its people, its agreement, its subscription. Times are Beijing's.")]
    + [
      "register Contoso --cloud 21vianet --country CHN", "admin add Contoso wang@contoso.cn",
      "agreement sign Contoso --kind advanced", "subscription start Contoso --kind paid",
    ].map {
      .prepare("organization \($0) --at".split(separator: " ").map(String.init) + ["2026-09-01 09:00"])
    }

  private static let outage: [Step] = [
    .say("A SharePoint site is down, with a business impact: severity A, a response within an hour, 24×7."),
    open(
      "site-down", "technical", "SharePoint Online", "SharePoint site down", "Nobody gets in.",
      at: "2026-09-21 10:40", "--severity", "A", "--impact-statement", "2000 people cannot work."),
    words(
      "respond Contoso/site-down --actor agent:chen --channel phone --at", "2026-09-21 11:05", "--message",
      "OK"),
    words("request-information Contoso/site-down --at", "2026-09-21 11:20", "--items", "a trace"),
    words("provide Contoso/site-down --at", "2026-09-21 13:30", "--resources", "Zhao Lei, on site"),
    words("resolve Contoso/site-down --at", "2026-09-21 15:20", "--summary", "A web front end was replaced."),
    words("reopen Contoso/site-down --at", "2026-09-22 09:30", "--reason", "One library is still missing."),
    words("resolve Contoso/site-down --at", "2026-09-22 11:00", "--summary", "The library was restored."),
    words("close Contoso/site-down --at", "2026-09-23 09:00"),
  ]

  private static let sendButton: [Step] = [
    .say("The Send button is garbled: B, one business day. No answer to a question: lowered, with evidence."),
    open(
      "send-button", "technical", "Outlook", "Send button is garbled", "它显示为乱码。One user.",
      at: "2026-09-21 10:30", "--severity", "B"),
    words("clocks Contoso/send-button --explain --as-of", "2026-09-21 10:31"),
    words("request-information Contoso/send-button --at", "2026-09-21 16:00", "--items", "a screenshot"),
    words(
      "downgrade Contoso/send-button --to-severity C --reason not-cooperating --evidence 2 --at",
      "2026-09-24 10:00"),
  ]

  private static let password: [Step] = [
    .say(
      "A password that never expires: severity C, three business days. The answer comes too late: a breach."),
    open(
      "password", "technical", "Exchange Online", "Password that never expires", "How is it set?",
      at: "2026-09-21 11:00", "--severity", "C"),
    words(
      "respond Contoso/password --actor agent:liu --channel email --at", "2026-09-24 14:00", "--message", "So"
    ),
  ]

  private static let elsewhere: [Step] = [
    .say(
      "Billing has no severity A; a network's problem is referred; a client's is the administrator's own."),
    open(
      "invoice", "billing", "Subscription", "Two invoices for August", "Which one is right?",
      at: "2026-09-22 14:00", "--severity", "A", "--impact-statement", "The books close today."),
    open(
      "proxy", "technical", "Exchange Online", "Mail is slow", "Only behind our proxy.",
      at: "2026-09-22 15:00",
      "--category", "customer-network"),
    open(
      "laptop", "technical", "Outlook", "Outlook does not install", "On one laptop.", at: "2026-09-22 16:00",
      "--category", "client-software"),
    words("hand-over Contoso/laptop --at", "2026-09-23 10:00", "--reason", "It fails on every laptop."),
    .say("Somebody who is no administrator asks: refused, with who can help instead."),
    .command([
      "open", "--organization", "Contoso", "--admin", "li@contoso.cn", "--type", "technical", "--service",
      "Outlook", "--title", "Help", "--description", "Now.", "--contact-method", "email", "--email",
      "li@contoso.cn", "--at", "2026-09-23 11:00",
    ]),
  ]

  private static let views: [Step] = [
    .say("The three views: the cases, a case's clocks, and who owes what."),
    words("list"),
    words("clocks Contoso/site-down --as-of", end),
    words("duties Contoso/send-button --as-of", end),
  ]
}
