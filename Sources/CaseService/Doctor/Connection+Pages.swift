internal import Postgres

extension Connection {
  /// Reads a query of any size page by page, in the transaction that is open.
  func pages(of sql: String, _ body: (Rows) throws -> Void) throws {
    try execute("declare dossier_pages no scroll cursor for \(sql)")
    while true {
      let rows = try query("fetch 1000 from dossier_pages")
      guard rows.count > 0 else { break }
      try body(rows)
    }
    try execute("close dossier_pages")
  }
}
