// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One line for each target stands in ARCHITECTURE.md. The order below is the order of the data:
// a target may use what stands above it, never what stands below.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let decompression: Target.Dependency = .product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let subprocess: [Target.Dependency] = [
    .product(name: "Subprocess", package: "swift-subprocess"),
    .product(name: "SystemPackage", package: "swift-system"),
]
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library target of ours with the house's settings.
func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

/// A program of ours with the house's settings.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one target; fixtures and transcripts are read from the checkout, not bundled.
func tests(_ subject: String, _ more: [Target.Dependency] = []) -> Target {
    let fixtures = "\(Context.packageDirectory)/Tests/\(subject)Tests/Fixtures"
    return .testTarget(
        name: subject + "Tests",
        dependencies: [.byName(name: subject)] + more,
        exclude: FileManager.default.fileExists(atPath: fixtures) ? ["Fixtures"] : [],
        swiftSettings: settings)
}

let package = Package(
    name: "belay",
    products: [
        .executable(name: "belay", targets: ["belay"]),
        .executable(name: "belay-git", targets: ["belay-git"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .target(name: "CGit2Shim", dependencies: ["CLibgit2"]),

        library("StructuredData", ["CLibYAML", crypto]),
        library("KubernetesModel", ["StructuredData"]),
        library("KubernetesClient", ["KubernetesModel", "StructuredData", httpClient, decompression] + nio + subprocess),
        library("GitWire", ["StructuredData"]),
        program("belay-git", ["GitWire", "StructuredData", "CLibgit2", "CGit2Shim"]),
        library("GitSource", ["GitWire", "StructuredData", crypto] + subprocess),
        library("Rendering", ["KubernetesModel", "StructuredData"]),
        library("HealthAssessment", ["KubernetesModel", "StructuredData"]),
        library("Planning", ["KubernetesModel", "StructuredData", crypto]),
        library(
            "Applying", ["KubernetesClient", "HealthAssessment", "Planning", "KubernetesModel", "StructuredData"]),
        library(
            "Journal",
            [
                "KubernetesModel", "StructuredData", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        library("ControllerRuntime", ["KubernetesClient", "KubernetesModel", "StructuredData"]),
        library(
            "Reconciliation",
            [
                "GitSource", "Rendering", "Planning", "Applying", "Journal", "HealthAssessment", "ControllerRuntime", "KubernetesClient",
                "KubernetesModel", "StructuredData", logging, metrics,
            ]),
        library(
            "ReconcilerAPI",
            [
                "StructuredData", logging, metrics, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + nio),
        library(
            "SandboxCluster",
            [
                "KubernetesModel", "StructuredData", crypto, logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "X509", package: "swift-certificates"),
            ] + nio, exclude: ["Facts/encoding.txt"]),
        library(
            "BelayCommands",
            [
                "Reconciliation", "ReconcilerAPI", "GitSource", "Rendering", "Planning", "Applying", "Journal", "ControllerRuntime",
                "KubernetesClient",
                "KubernetesModel", "StructuredData", "SandboxCluster", logging, argumentParser,
            ]),
        program("belay", ["BelayCommands"]),
        program(
            "belay-dev",
            [
                "Reconciliation", "Rendering", "Planning", "Applying", "Journal", "ControllerRuntime", "KubernetesClient",
                "KubernetesModel", "StructuredData", "GitSource", "SandboxCluster", "TestSupport", argumentParser,
            ]),
        library(
            "TestSupport",
            [
                "SandboxCluster", "KubernetesClient", "KubernetesModel", "StructuredData", httpClient,
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTLS", package: "hummingbird"), logging,
            ] + nio + subprocess),

        tests("StructuredData", ["TestSupport"]),
        tests("KubernetesModel", ["StructuredData", "TestSupport"]),
        tests("KubernetesClient", ["KubernetesModel", "StructuredData", "TestSupport"] + nio),
        tests("GitWire", ["StructuredData", "TestSupport"]),
        tests("GitSource", ["GitWire", "StructuredData", "TestSupport", "belay-git"]),
        tests("Rendering", ["KubernetesModel", "StructuredData"]),
        tests("HealthAssessment", ["KubernetesModel", "StructuredData"]),
        tests("Planning", ["KubernetesModel", "StructuredData", "TestSupport"]),
        tests("Applying", ["Planning", "KubernetesClient", "KubernetesModel", "StructuredData", "TestSupport"]),
        tests("Journal", ["KubernetesModel", "StructuredData"]),
        tests("ControllerRuntime", ["KubernetesClient", "KubernetesModel", "StructuredData", "SandboxCluster", "TestSupport"]),
        tests("SandboxCluster", ["KubernetesModel", "StructuredData", "TestSupport"]),
        tests(
            "Reconciliation",
            [
                "Applying", "ControllerRuntime", "GitSource", "HealthAssessment", "Planning", "Journal", "KubernetesClient",
                "KubernetesModel",
                "StructuredData", "TestSupport", logging, metrics,
            ]),
        tests("ReconcilerAPI", ["StructuredData", "TestSupport", logging, metrics, httpClient] + nio),
        tests(
            "BelayCommands",
            [
                "Reconciliation", "Planning", "Rendering", "GitSource", "KubernetesClient", "Journal", "KubernetesModel",
                "StructuredData", "SandboxCluster", "TestSupport", "belay-git",
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "Journal", "KubernetesClient", "KubernetesModel", "Rendering", "StructuredData", "belay",
                "belay-git",
            ],
            swiftSettings: settings),
    ]
)
