import Foundation
import PackagePlugin

/// Turns files of `Schema/` into static strings of the target that uses the plugin, at build time.
@main
struct EmbedSchema: BuildToolPlugin {
  /// Which folders of `Schema/` each target carries.
  private static let folders: [String: [String]] = [
    "EventStore": [
      "migrations", "functions", "views", "queries/store", "queries/guards", "event_types.sql",
      "privileges.sql", "roles.sql",
    ],
    "CaseService": ["policies", "calendars", "channels", "texts", "mappings", "places", "queries/cases"],
  ]

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let schema = context.package.directoryURL.appending(path: "Schema")
    let wanted = (Self.folders[target.name] ?? []).map { schema.appending(path: $0) }
    let inputs = wanted.flatMap(Self.files)
    let output = context.pluginWorkDirectoryURL.appending(path: "SchemaFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding Schema/ in \(target.name)",
        executable: try context.tool(named: "embed-schema").url,
        arguments: [output.path, schema.path] + wanted.map(\.path),
        // The folders too: a file that is added or removed changes its folder's time.
        inputFiles: wanted + inputs, outputFiles: [output])
    ]
  }

  private static func files(under place: URL) -> [URL] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: place.path, isDirectory: &isFolder) else { return [] }
    guard isFolder.boolValue else { return [place] }
    let names = (try? manager.contentsOfDirectory(atPath: place.path)) ?? []
    return names.filter { $0.hasSuffix(".sql") || $0.hasSuffix(".yaml") }.sorted()
      .map { place.appending(path: $0) }
  }
}
