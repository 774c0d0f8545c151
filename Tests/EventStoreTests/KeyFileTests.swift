import EventStore
import Foundation
import Postgres
import TestCluster
import Testing

@Suite struct `A key file` {
  let folder: String

  init() throws {
    folder = try TestCluster.scratchDirectory() + "/keys-\(UUIDBytes.random())"
  }

  @Test func `is made once, for its owner's eyes only, however many make it at once`() async throws {
    let path = folder + "/deep/key"
    let prints = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          try KeyFile.create(at: path)
          return try KeyFile(path: path).fingerprint
        }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(prints.count == 1)
    let manager = FileManager.default
    #expect(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try manager.attributesOfItem(atPath: folder + "/deep")[.posixPermissions] as? Int == 0o711)
    #expect(try manager.contentsOfDirectory(atPath: folder + "/deep") == ["key"])
    let line = try String(contentsOfFile: path, encoding: .utf8)
    #expect(line.hasPrefix("dossier-key-1 "))
    #expect(line.hasSuffix("\n"))
  }

  @Test func `differs from any other`() throws {
    for name in ["one", "two"] { try KeyFile.create(at: "\(folder)/\(name)") }
    #expect(try KeyFile(path: folder + "/one").fingerprint != KeyFile(path: folder + "/two").fingerprint)
  }

  @Test func `is refused when it is missing, open to others or no key file`() throws {
    let path = folder + "/key"
    let missing = #expect(throws: StoreError.self) { try KeyFile(path: path) }
    #expect(missing?.description.contains(path) == true)
    try KeyFile.create(at: path)
    let manager = FileManager.default
    for mode in [0o640, 0o604, 0o660] {
      try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let error = #expect(throws: StoreError.self) { try KeyFile(path: path) }
      #expect(error?.description.contains("chmod 600") == true)
    }
    for text in [
      "", "dossier-key-1", "dossier-key-1 AAAA", "dossier-key-2 " + Data(count: 32).base64EncodedString(),
    ] {
      #expect(
        manager.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
      #expect(throws: StoreError.self) { try KeyFile(path: path) }
    }
    #expect(manager.createFile(atPath: folder + "/file", contents: nil))
    #expect(throws: StoreError.self) { try KeyFile.create(at: folder + "/file/key") }
  }
}
