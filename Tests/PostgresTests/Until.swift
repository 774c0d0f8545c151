/// Waits for a condition; the test's time limit ends a wait that is in vain.
func until(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
