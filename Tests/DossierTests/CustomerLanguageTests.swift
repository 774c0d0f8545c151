import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `What customers read` {
  @Test func `ALL-2 a refused opening tells the customer where to go, in the request's language`()
    async throws
  {
    try await registerContoso()
    var asked = request + ["--language", "zh-CN"]
    asked[4] = "guest@contoso.cn"
    let refused = try await dossier(more: asked)
    #expect(refused.status == 3)
    #expect(refused.err.contains("dossier: only an administrator of Contoso may open a request"))
    #expect(refused.err.contains("您仍可在社区论坛中获得帮助"))
    #expect(refused.err.contains("贵组织的管理员：wang@contoso.cn。"))
    let error = try await dossier(more: asked + ["--output", "json"]).error()
    #expect(error["customer_text"]?["language"]?.text == "zh")
    asked[asked.count - 1] = "en"
    let english = try await dossier(more: asked)
    #expect(english.err.split(separator: "\n").count == 1)
    let text = try await dossier(more: asked + ["--output", "json"]).error()["customer_text"]
    #expect(text?["text"]?.text?.hasPrefix("Assisted support is for administrators") == true)
  }

  @Test func `CN-2 CN-4 CN-32 a referral and an own area come with what the customer is told`() async throws {
    let reference = try await openCase("--language", "fr")
    let table = try await done(
      "refer", reference, "--to", "customer-network", "--at", "2026-09-21 11:00", "--dry-run")
    #expect(table.out.contains("to the customer: Le problème provient de votre propre réseau"))
    let id = "5a7c0c0e-1111-4222-8333-123456789abc"
    let refer = ["refer", reference, "--to", "third-party", "--at", "2026-09-21 11:00", "--command-id", id]
    for _ in 1...2 {
      let answer = try await done(more: refer + ["--output", "json"]).json()
      #expect(answer["customer_text"]?["language"]?.text == "fr")
      #expect(
        answer["customer_text"]?["text"]?.text?.hasPrefix("Les services et compléments de tiers") == true)
    }
    let own = try await done(more: request + ["--category", "mobility", "--language", "de"])
    #expect(own.out.contains("Die Installation auf Mobilgeräten ist Sache Ihres Administrators."))
    let english = try await done(more: request + ["--category", "mobility", "--output", "json"]).json()
    #expect(english["customer_text"]?["language"]?.text == "en")
    let plain = try await done(more: request + ["--output", "json"]).json()
    #expect(plain["customer_text"]?["text"]?.text?.hasPrefix("We have received your request") == true)
  }
}
