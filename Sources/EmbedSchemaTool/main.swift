import Foundation

// Arguments: the Swift file to write, the Schema folder, the files and folders to embed. Called by the build.
let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  FileHandle.standardError.write(Data("usage: embed-schema OUTPUT SCHEMA PLACE...\n".utf8))
  exit(64)
}
let root = arguments[2].hasSuffix("/") ? arguments[2] : arguments[2] + "/"

/// One entry of the table: the path below `Schema/` and the text, as a raw literal that no text can end early.
func entry(_ path: String) throws -> String {
  let text = try String(contentsOfFile: path, encoding: .utf8)
  var marks = "#"
  while text.contains("\"\"\"" + marks) || text.contains("\\" + marks) { marks += "#" }
  let name = path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
  return "    (\"\(name)\", \(marks)\"\"\"\n\(text)\n\"\"\"\(marks)),"
}

/// The files a place stands for: itself, or the SQL and YAML files of a folder in the order of their names.
func files(at place: String) -> [String] {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return [] }
  guard isFolder.boolValue else { return [place] }
  let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
  return names.filter { $0.hasSuffix(".sql") || $0.hasSuffix(".yaml") }.sorted().map { "\(place)/\($0)" }
}

do {
  let entries = try arguments.dropFirst(3).flatMap(files).map(entry)
  let lines =
    ["/// Files of `Schema/`, embedded by the build.", "enum SchemaFiles {"]
    + ["  static let all: [(path: StaticString, text: StaticString)] = ["] + entries + ["  ]", "}", ""]
  try lines.joined(separator: "\n").write(toFile: arguments[1], atomically: true, encoding: .utf8)
} catch {
  FileHandle.standardError.write(Data("embed-schema: \(error.localizedDescription)\n".utf8))
  exit(65)
}
