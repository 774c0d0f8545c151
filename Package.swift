// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("FullTypedThrows"),
]

let package = Package(
  name: "dossier",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "Postgres",
      dependencies: ["CLibPQ", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: strict),
    .target(
      name: "TestCluster", dependencies: ["Postgres"], path: "Tests/TestCluster", swiftSettings: strict),
    .target(name: "SupportCases", swiftSettings: strict),
    .executableTarget(
      name: "embed-schema", path: "Sources/EmbedSchemaTool",
      swiftSettings: strict),
    .plugin(
      name: "EmbedSchema", capability: .buildTool(), dependencies: ["embed-schema"],
      path: "Sources/EmbedSchema"),
    .target(
      name: "EventStore",
      dependencies: ["Postgres", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict, plugins: ["EmbedSchema"]),
    .target(
      name: "CaseService",
      dependencies: [
        "EventStore", "Postgres", "SupportCases", .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict, plugins: ["EmbedSchema"]),
    .executableTarget(
      name: "dossier",
      dependencies: [
        "CaseService", "EventStore", "Postgres", "SupportCases",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "DossierTests",
      dependencies: [
        "dossier", "CaseService", "Postgres", "TestCluster",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .target(
      name: "StoreLab", dependencies: ["EventStore", "Postgres"], path: "Tests/StoreLab",
      swiftSettings: strict),
    .executableTarget(
      name: "store-writer", dependencies: ["EventStore", "Postgres", "StoreLab"], path: "Tests/StoreWriter",
      swiftSettings: strict),
    .testTarget(
      name: "EventStoreTests",
      dependencies: ["EventStore", "Postgres", "StoreLab", "TestCluster", "store-writer"],
      swiftSettings: strict),
    .testTarget(name: "SupportCasesTests", dependencies: ["SupportCases"], swiftSettings: strict),
    .testTarget(
      name: "CaseServiceTests",
      dependencies: ["CaseService", "EventStore", "Postgres", "SupportCases", "TestCluster"],
      exclude: ["Codec/RecordedExamples.jsonl"],
      swiftSettings: strict),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestCluster"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
