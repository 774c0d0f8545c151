internal import Glibc
internal import SupportCases

/// What replay reads in almost every event: told apart by length and a letter, then compared, so that no
/// string is made of it.
protocol NamedByBytes: RawRepresentable where RawValue == String {
  init?(name: UnsafeRawBufferPointer)
}

extension UnsafeRawBufferPointer {
  /// True if these bytes and no others are here.
  @inline(__always)
  func equals(_ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount && holds(name, at: 0)
  }

  /// True if these bytes are at that offset; there must be as many.
  @inline(__always)
  func holds(_ name: StaticString, at offset: Int) -> Bool {
    guard let start = baseAddress else { return name.utf8CodeUnitCount == 0 }
    return memcmp(start + offset, name.utf8Start, name.utf8CodeUnitCount) == 0
  }
}

extension String {
  /// A text of well-formed UTF-8; nil for other bytes. Plain ASCII, which nearly all is, is found by eights.
  init?(wellFormed bytes: UnsafeRawBufferPointer) {
    var at = 0
    var high: UInt64 = 0
    while at + 8 <= bytes.count {
      high |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      at += 8
    }
    while at < bytes.count {
      high |= UInt64(bytes[at])
      at += 1
    }
    if high & 0x8080_8080_8080_8080 == 0 {
      self.init(decoding: bytes, as: UTF8.self)
    } else {
      self.init(validating: bytes, as: UTF8.self)
    }
  }
}

extension CaseEventType {
  /// The type of that name; nil if it is none of a case's.
  init?(name: UnsafeRawBufferPointer) {
    let candidate: CaseEventType
    switch name.count {
    case 10: candidate = .noted
    case 11: candidate = name.equals("case-opened") ? .opened : name.first == 0x64 ? .dutyLapsed : .closed
    case 13:
      candidate =
        name.first == 0x72
        ? .responded : name[7] == 0x73 ? .resolved : name[7] == 0x6f ? .reopened : .referred
    case 14: candidate = name.first == 0x61 ? .assigned : name[5] == 0x65 ? .escalated : .cancelled
    case 15:
      candidate =
        name.first == 0x62
        ? .breachRecorded
        : name.first == 0x65
          ? .retracted
          : name[5] == 0x63
            ? .classified
            : name.first == 0x69
              ? .incidentsShown
              : name[5] == 0x64 ? .downgraded : .callerVerified
    case 16: candidate = name.first == 0x62 ? .breachWithdrawn : .handedOver
    case 17:
      candidate =
        name.first == 0x73
        ? .selfHelpOffered
        : name.first == 0x6c
          ? .lateEntryPlaced
          : name.equals("caller-unverified") ? .callerUnverified : .contactAttempted
    case 18: candidate = name.last == 0x64 && name[12] == 0x69 ? .callerCodeIssued : .callerCodeFailed
    case 24: candidate = .linkedIncidentResolved
    case 20: candidate = name.equals("due-dates-recomputed") ? .dueDatesRecomputed : .informationProvided
    case 21: candidate = .informationRequested
    case 25: candidate = name.first == 0x61 ? .assignedToAdministrator : .contactDetailsConfirmed
    default:
      self.init(rare: name)
      return
    }
    let count = name.count
    var text = candidate.rawValue
    let isSame = text.withUTF8 { known in
      guard let known = known.baseAddress, let name = name.baseAddress else { return false }
      return memcmp(known, name, count) == 0
    }
    guard isSame else {
      self.init(rare: name)
      return
    }
    self = candidate
  }

  /// The types that are rare enough to be found by their text.
  private init?(rare name: UnsafeRawBufferPointer) {
    guard let text = String(wellFormed: name), let found = Self(rawValue: text) else { return nil }
    self = found
  }
}

extension ClockName: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("follow_up") {
      self = .followUp
    } else if name.equals("customer_response") {
      self = .customerResponse
    } else if name.equals("initial_response") {
      self = .initialResponse
    } else {
      return nil
    }
  }
}

extension Severity: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    guard name.count == 1 else { return nil }
    switch name[0] {
    case 0x61: self = .a
    case 0x62: self = .b
    case 0x63: self = .c
    default: return nil
    }
  }
}

extension Side: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("operator") {
      self = .operator
    } else if name.equals("customer") {
      self = .customer
    } else {
      return nil
    }
  }
}

extension ContactChannel: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("email") {
      self = .email
    } else if name.equals("phone") {
      self = .phone
    } else if name.equals("portal") {
      self = .portal
    } else if name.equals("chat") {
      self = .chat
    } else {
      return nil
    }
  }
}

extension Target.Unit: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("business_day") {
      self = .businessDay
    } else if name.equals("hour") {
      self = .hour
    } else {
      return nil
    }
  }
}

extension Basis: NamedByBytes {
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("source") {
      self = .source
    } else if name.equals("choice") {
      self = .choice
    } else {
      return nil
    }
  }
}
