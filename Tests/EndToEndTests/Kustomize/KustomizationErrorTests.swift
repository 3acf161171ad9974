// A kustomization that cannot be built: exit 2, the line that is wrong, what to do, quickly, and not one request to the cluster.

import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct KustomizationErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// By path from the repository's root; what is built is `deploy`.
        var files: [String: String]
        /// File, line and column.
        var place: String
        var says: String
        /// What to do.
        var advice: String

        init(_ what: String, _ files: [String: String], at place: String, says: String, advice: String) {
            testDescription = what
            self.files = files
            self.place = place
            self.says = says
            self.advice = advice
        }
    }

    private static let own = "deploy/kustomization.yaml"
    private static let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n"

    static let mistakes: [Mistake] = {
        var all = [
            Mistake(
                "a cycle", [own: "resources:\n- ../base\n", "base/kustomization.yaml": "resources:\n- ../deploy\n"],
                at: "base/kustomization.yaml:2:3", says: "a kustomization refers to itself: deploy → base → deploy",
                advice: "remove one of these references"),
            Mistake(
                "a folder above", [own: "resources:\n- ..\n", "kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": map],
                at: "\(own):2:3", says: "the resource \"..\" is a folder above deploy, which refers to it",
                advice: "move what both need into a folder of its own"),
            Mistake(
                "a missing file", [own: "resources:\n- web.yaml\n"], at: "\(own):2:3",
                says: "the resource \"web.yaml\" is not there: the repository has no \"deploy/web.yaml\"", advice: "correct the path"),
            Mistake(
                "a missing patch", [own: "resources: [web.yaml]\npatches:\n- path: p.yaml\n", "deploy/web.yaml": map], at: "\(own):3:3",
                says: "the patch \"deploy/p.yaml\" is not in the repository", advice: "correct the path, or add the file"),
            Mistake(
                "a patch for nothing",
                [own: "resources: [web.yaml]\npatches:\n- path: p.yaml\n", "deploy/web.yaml": map]
                    .merging(["deploy/p.yaml": map.replacing("web", with: "shop")]) { first, _ in first },
                at: "deploy/p.yaml:1:1", says: "there is no ConfigMap shop to patch", advice: "write its apiVersion, kind, name"),
            Mistake(
                "a replacement from nothing",
                [
                    own: "resources: [web.yaml]\nreplacements:\n- source: {kind: Secret, name: gone}\n  targets: [{select: {name: web}}]\n",
                    "deploy/web.yaml": map,
                ],
                at: "\(own):3:3", says: "the source of a replacement, Secret gone, is not among the objects",
                advice: "write its kind, name and namespace"),
            Mistake(
                "a replacement into nothing",
                [
                    own: "resources: [web.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: web}\n  targets:\n"
                        + "  - select: {name: web}\n    fieldPaths: [spec.none]\n",
                    "deploy/web.yaml": map,
                ],
                at: "\(own):6:18", says: "ConfigMap web has no field spec.none", advice: "options: {create: true}"),
            Mistake(
                "a target that is one of two",
                [
                    own: "resources: [../a, ../b]\npatches:\n- path: p.yaml\n", "deploy/p.yaml": map,
                    "a/kustomization.yaml": "resources: [web.yaml]\nnamePrefix: a-\n", "a/web.yaml": map,
                    "b/kustomization.yaml": "resources: [web.yaml]\nnamePrefix: b-\n", "b/web.yaml": map,
                ],
                at: "deploy/p.yaml:1:1", says: "more than one object: ConfigMap a-web and ConfigMap b-web",
                advice: "write a target that fits one of them"),
            Mistake(
                "a patch that is none",
                [
                    own: "resources: [web.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - op: add\n      path: /data/b\n"
                        + "      value: c\n    - op: put\n      path: /data/a\n",
                    "deploy/web.yaml": map,
                ],
                at: "\(own):8:7", says: "op is \"put\"", advice: "must be add, remove, replace, move, copy or test"),
            Mistake(
                "a patch that is no YAML",
                [own: "resources: [web.yaml]\npatches:\n- patch: |-\n    kind: ConfigMap\n    data: [\n", "deploy/web.yaml": map],
                at: "\(own):6:5", says: "a value is missing here", advice: ""),
            Mistake(
                "an object twice", [own: "resources: [web.yaml, other.yaml]\n", "deploy/web.yaml": map, "deploy/other.yaml": "\n" + map],
                at: "deploy/other.yaml:2:1", says: "ConfigMap web is there twice: it stands at deploy/web.yaml:1:1 too",
                advice: "remove one of them, or make it a patch"),
            Mistake(
                "a remote base", [own: "resources:\n- https://user:hunter2@example.com/shop//base?ref=main&token=hunter2\n"],
                at: "\(own):2:3",
                says: "the resource \"https://example.com/shop//base?…\" is fetched from elsewhere",
                advice: "copy it into this repository and name the copy"),
            Mistake(
                "a remote base without a scheme", [own: "resources:\n- github.com/shop/base?ref=main\n"], at: "\(own):2:3",
                says: "is fetched from elsewhere", advice: "copy it into this repository"),
            Mistake(
                "a plugin",
                [
                    own: "resources: [web.yaml]\ntransformers: [sed.yaml]\n", "deploy/web.yaml": map,
                    "deploy/sed.yaml": "apiVersion: example.com/v1\nkind: Sed\nmetadata: {name: s}\n",
                ],
                at: "deploy/sed.yaml:2:1", says: "Sed of \"example.com/v1\" is a plugin, which is not run here",
                advice: "commit what it makes"),
            Mistake(
                "a plugin in the kustomization that runs a container",
                [
                    own: "resources: [web.yaml]\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: LabelTransformer\n  metadata:\n"
                        + "    name: s\n    annotations:\n      config.kubernetes.io/function: 'container: {image: sed}'\n",
                    "deploy/web.yaml": map,
                ],
                at: "\(own):5:3", says: "runs a program or a container", advice: "commit what it makes"),
            Mistake(
                "Helm", [own: "helmCharts:\n- name: web\n"], at: "\(own):1:1", says: "helmCharts runs Helm, which is not done here",
                advice: "commit the output of \"helm template\""),
            Mistake(
                "a path out of the repository", [own: "resources:\n- ../../etc\n"], at: "\(own):2:3",
                says: "the resource \"../../etc\" leads out of the repository", advice: "copy it into this repository"),
            Mistake(
                "a file out of the repository", [own: "secretGenerator:\n- name: s\n  files:\n  - ../../etc/hunter2\n"], at: "\(own):4:5",
                says: "the file that is named here leads out of the repository", advice: "copy it into this repository"),
            Mistake(
                "a file above the folder", [own: "configMapGenerator:\n- name: s\n  files:\n  - ../web.yaml\n", "web.yaml": map],
                at: "\(own):4:5", says: "the file \"../web.yaml\" stands outside of the kustomization's folder deploy",
                advice: "move the file, or make its folder a kustomization"),
            Mistake(
                "a generator's file of 2 MB",
                [own: "secretGenerator:\n- name: s\n  files:\n  - big\n", "deploy/big": String(repeating: "hunter2 ", count: 250_000)],
                at: "\(own):4:5", says: "with this the Secret s has 2000000 bytes of values; Kubernetes takes 1048576 (1 MiB)",
                advice: "leave it out, or divide the values"),
            Mistake(
                "a generator's file over what is read", [own: "configMapGenerator:\n- name: s\n  files:\n  - big\n"], at: "\(own):4:5",
                says: "bytes", advice: "divide"),
        ]
        if let last = all.indices.last { all[last].files["deploy/big"] = String(repeating: "x", count: 9 << 20) }
        var levels = [own: "resources:\n- ../level1\n"]
        for level in 1...1000 { levels["level\(level)/kustomization.yaml"] = "resources:\n- ../level\(level + 1)\n" }
        all.append(
            Mistake(
                "a thousand levels", levels, at: "level99/kustomization.yaml:2:3",
                says: "kustomizations refer to each other more than 100 deep, from deploy",
                advice: "name the bases that are needed more directly"))
        return all
    }()

    @Test(arguments: mistakes) func aMistakeIsNamedBeforeAnyRequest(_ mistake: Mistake) async throws {
        try await withScenario { team in
            try await team.repository.commit(mistake.files)
            for verb in ["render", "diff"] {
                let clock = ContinuousClock()
                var result: ProgramResult?
                let requests = try await team.cluster.requests(of: "belay") {
                    let started = clock.now
                    result = try await team.belay(verb)
                    // A second as it is released; this is the debug build, beside other tests.
                    #expect(clock.now - started < .seconds(60), "hangs")
                }
                let said = try #require(result)
                #expect(said.status == 2, "\(said)")
                #expect(said.errors.contains(" \(mistake.place): "), "\(said)")
                #expect(said.errors.contains(mistake.says), "\(said)")
                #expect(mistake.advice.isEmpty || said.errors.contains(mistake.advice), "\(said)")
                #expect(!said.says("hunter2"), "\(said)")
                #expect(requests.isEmpty, "\(verb) sent \(requests)")
            }
        }
    }
}
