internal import EventStore
internal import SupportCases

/// The events of a ledger's own stream, in which its policy's versions stand (CK-12).
enum PolicyEventType: String, CaseIterable {
  case published = "policy-published"

  var schemaVersion: Int16 { 1 }
}

/// The stream of each ledger that holds what was published there; those of cases and organisations come later.
enum PolicyStream {
  static let number: Int64 = 1
}

/// Publications as the bytes the log keeps. They are few, so a general reader does.
enum PolicyEventCodec {
  static func encode(_ publication: Publication) -> [UInt8] {
    JSON.object([
      .init("version", .int(Int64(publication.version))), .init("valid_from", JSON(publication.validFrom)),
      .init("apply", .string(publication.appliesToExisting ? "existing" : "new")),
      .init("last_stream", .int(publication.lastStream)), .init("policy", json(publication.policy)),
      .init("calendars", .array(publication.calendars.map(json))),
    ]).bytes
  }

  static func decode(_ recorded: RecordedEvent) throws -> Publication {
    let event = recorded.event
    guard event.type == PolicyEventType.published.rawValue, event.schemaVersion == 1 else {
      throw CodecError.unknownType(event.type, version: Int(event.schemaVersion))
    }
    let data = try JSON(parsing: event.data)
    guard let version = data["version"]?.integer, let validFrom = data["valid_from"]?.instant,
      let apply = data["apply"]?.text, let last = data["last_stream"]?.integer,
      let policy = data["policy"].flatMap(file)
    else { throw CodecError.malformed(offset: 0) }
    let calendars = (data["calendars"]?.items ?? []).compactMap(file)
    return Publication(
      version: Int(version), validFrom: validFrom, appliesToExisting: apply == "existing", lastStream: last,
      policy: policy, calendars: calendars, position: recorded.position,
      recordedAt: Instant(microseconds: recorded.recordedAt))
  }

  private static func json(_ file: PublishForm.File) -> JSON {
    .object([.init("name", .string(file.name)), .init("text", .string(file.text))])
  }

  private static func file(_ json: JSON) -> PublishForm.File? {
    guard let name = json["name"]?.text, let text = json["text"]?.text else { return nil }
    return PublishForm.File(name: name, text: text)
  }
}
