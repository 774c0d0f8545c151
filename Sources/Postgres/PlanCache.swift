/// What a connection has prepared: for each statement one plan per list of parameter types.
struct PlanCache {
  struct Plan {
    let name: String
    let types: [UInt32]

    /// NULL is sent without a type and fits any.
    func accepts(_ other: [UInt32]) -> Bool {
      guard types.count == other.count else { return false }
      return zip(types, other).allSatisfy { $0 == $1 || $1 == 0 }
    }
  }

  private var plans: [Statement: [Plan]] = [:]
  private var names: Set<String> = []

  func plan(for statement: Statement, _ types: [UInt32]) -> Plan? {
    plans[statement]?.first { $0.accepts(types) }
  }

  /// Whether a plan of the statement was prepared, or is being.
  func knows(_ statement: Statement) -> Bool { plans[statement]?.isEmpty == false }

  /// A plan that is to be prepared; its name is the statement's, with a number when that name is used up.
  mutating func add(_ statement: Statement, _ types: [UInt32]) -> Plan {
    let isFree = names.insert(statement.name).inserted
    let plan = Plan(name: isFree ? statement.name : "\(statement.name)#\(names.count)", types: types)
    names.insert(plan.name)
    plans[statement, default: []].append(plan)
    return plan
  }

  /// Forgets a plan that the server does not have, or whose result type has changed. Its name stays used.
  mutating func remove(_ plan: Plan, of statement: Statement) {
    plans[statement]?.removeAll { $0.name == plan.name }
  }
}
