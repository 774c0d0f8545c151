internal import Crypto
internal import Foundation
public import Postgres

/// The file with the key that wraps every person's key. It is never in the database.
///
/// One line: `dossier-key-1` and 32 random bytes in base64.
public struct KeyFile: Sendable {
  let wrapping: SymmetricKey
  /// Keyed and otherwise empty: each digest continues a copy, which spares it the key's own hashing.
  private let keyed: HMAC<SHA256>

  private static let mark = "dossier-key-1"

  /// Reads the key file at `path`.
  ///
  /// - Throws: `StoreError.keyFile` if it is missing, unreadable, malformed or readable by others.
  public init(path: String) throws(StoreError) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw .keyFile("the key file \(path) cannot be read: \(String(cString: strerror(errno)))")
      }
      throw .keyFile("there is no key file at \(path); copy the one the database was made with")
    }
    guard info.st_mode & 0o077 == 0 else {
      throw .keyFile("the key file \(path) can be read by others; run chmod 600 on it")
    }
    let words = String(decoding: try Self.bytes(path), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[0] == Self.mark, let key = Data(base64Encoded: String(words[1])),
      key.count == 32
    else { throw .keyFile("\(path) is no key file: it must hold '\(Self.mark)' and 32 bytes in base64") }
    self.init(key: SymmetricKey(data: key))
  }

  private static func bytes(_ path: String) throws(StoreError) -> [UInt8] {
    do throws(NamedFile.Problem) {
      return try NamedFile.read(path, atMost: 4096)
    } catch {
      switch error {
      case .unreadable(let reason): throw .keyFile("the key file \(path) cannot be read: \(reason)")
      case .notAFile(let what): throw .keyFile("\(path) is no key file: it is \(what)")
      case .tooLong: throw .keyFile("\(path) is no key file: it is too long")
      }
    }
  }

  /// Makes a new key file, readable by its owner alone; leaves one that exists as it is.
  ///
  /// - Returns: true if it was made.
  /// - Throws: `StoreError.keyFile` if it cannot be written.
  @discardableResult
  public static func create(at path: String) throws(StoreError) -> Bool {
    let parent = (path as NSString).deletingLastPathComponent
    let folder = parent.isEmpty ? "." : parent
    do {
      try FileManager.default.createDirectory(
        // For passage alone: an embedded server of another user may have its data in the same folder.
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
    } catch {
      throw .keyFile("the folder \(folder) for the key file cannot be made")
    }
    let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    // Written beside and linked into place: two programs at once end with one and the same key.
    let draft = "\(path).\(UUIDBytes.random())"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .keyFile("the key file \(path) cannot be written") }
    defer { unlink(draft) }
    let line = Array("\(mark) \(key)\n".utf8)
    let written = write(file, line, line.count)
    let flushed = fsync(file)
    close(file)
    let isMade = written == line.count && flushed == 0 && link(draft, path) == 0
    guard written == line.count, flushed == 0, isMade || errno == EEXIST, flush(folder) else {
      throw .keyFile("the key file \(path) cannot be written")
    }
    return isMade
  }

  /// Makes the name of a new file as durable as what will be sealed with it.
  private static func flush(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  /// A key file in memory, from 32 bytes.
  public init(bytes: [UInt8]) {
    self.init(key: SymmetricKey(data: bytes))
  }

  private init(key: SymmetricKey) {
    wrapping = HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data("wrap".utf8), outputByteCount: 32)
    keyed = HMAC(
      key: HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data("lookup".utf8), outputByteCount: 32))
  }

  /// What the database keeps to know its key file again.
  public var fingerprint: [UInt8] {
    digest(of: Array("fingerprint".utf8))
  }

  /// Whether a person's wrapped key opens with this file.
  public func opens(_ wrapped: [UInt8], of person: UUIDBytes) -> Bool { unwrap(wrapped, of: person) != nil }

  /// A person's key; nil if it was changed, or wrapped with another file.
  func unwrap(_ wrapped: [UInt8], of person: UUIDBytes) -> SymmetricKey? {
    guard let box = try? AES.GCM.SealedBox(combined: wrapped),
      let key = try? AES.GCM.open(box, using: wrapping, authenticating: person.bytes)
    else { return nil }
    return SymmetricKey(data: key)
  }

  /// The keyed digest an address is found by.
  func digest(of address: String) -> [UInt8] {
    digest(of: Array(NormalForm.address(address).utf8))
  }

  /// A digest that nobody without the key file can make or test guesses against; 32 bytes.
  public func digest(of bytes: [UInt8]) -> [UInt8] {
    var digest = keyed
    digest.update(data: bytes)
    return Array(digest.finalize())
  }
}
