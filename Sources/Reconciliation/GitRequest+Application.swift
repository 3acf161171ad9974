// What an Application follows in Git, in GitSource's terms.

package import GitSource
package import KubernetesModel

extension GitRequest.Reference {
    package init(_ reference: Application.GitReference) {
        self =
            switch reference {
            case .head: .head
            case .branch(let name): .branch(name)
            case .tag(let name): .tag(name)
            case .commit(let id): .commit(id)
            case .name(let name): .name(name)
            case .unspecified(let name): .unspecified(name)
            case .semver(let range): .semver(range)
            }
    }
}
