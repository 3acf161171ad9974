// A real Git server for tests: nginx, fcgiwrap and git-http-backend over TLS with an authority of its own, on free loopback ports.

import Foundation
import Glibc

/// A running server. Repositories stand below its folder `repositories`, and are served under several prefixes.
package struct GitServer: Sendable {
    /// Where bare repositories stand that are served; push to `repo.git` in it to change what clients see.
    package let repositories: String
    /// The PEM file of the authority that signed the server's certificate.
    package let certificateAuthority: String
    package let username = "ada"
    package let password = "correct horse"
    /// Everything the server wrote: logs, certificates.
    package let directory: String
    package let ports: Ports

    /// The listeners: all serve the same.
    package struct Ports: Sendable {
        package let https: Int
        package let http: Int
        /// TLS 1.3 and nothing older.
        package let modern: Int
        /// With a certificate for another host, by the same authority.
        package let otherName: Int
        /// With a certificate that has expired.
        package let expired: Int
        /// Of a host of its own, with logs of its own: see ``GitServer/foreignLog()``.
        package let foreign: Int
    }

    /// Ways into the server that behave differently.
    package enum Door: String, Sendable {
        /// Anyone may read.
        case open
        /// Basic authentication, as ``username`` with ``password``.
        case closed = "private"
        /// Sends everyone to `127.0.0.1`, which is another host by name.
        case elsewhere
        /// Asks for authentication first, then sends to the host ``Ports/foreign``.
        case astray
        /// Sends everyone to `open` on the same host.
        case moved
        /// Asks for authentication first, then sends to the listener for plain HTTP on the same host.
        case downgraded
        /// Answers 200 with a page for people.
        case page
        /// Answers 500.
        case broken
        /// Answers 403.
        case forbidden
    }

    /// The URL of a repository behind a door.
    package func url(_ name: String = "repo.git", _ door: Door = .open) -> String {
        "https://localhost:\(ports.https)/\(door.rawValue)/\(name)"
    }

    /// All that the other host has seen: requests, and connections that came to none.
    package func foreignLog() throws -> String {
        try ["foreign.log", "foreign-error.log"].map { try String(contentsOfFile: directory + "/" + $0, encoding: .utf8) }.joined()
    }

    /// Every request so far: method, scheme, host, path, status, and whether it carried credentials.
    package func requests() throws -> [String] {
        try String(contentsOfFile: directory + "/access.log", encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

extension GitServer {
    /// Pushes refs of the work tree into what is served.
    package func push(_ repository: GitRepository, _ references: String...) async throws {
        for reference in references { try await repository.git("push", "--quiet", repositories + "/repo.git", reference) }
    }

    /// Whether somebody holds a connection to the listener for HTTPS.
    package var hasGuest: Bool {
        // Its size is not known before its end.
        let bytes = (try? FileHandle(forReadingAtPath: "/proc/net/tcp")?.readToEnd()) ?? Data()
        let rows = String(decoding: bytes, as: UTF8.self)
        let digits = String(ports.https, radix: 16, uppercase: true)
        let port = ":" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return rows.split(separator: "\n").map { $0.split(separator: " ") }.contains { columns in
            // sl, local address, remote address, state: 01 is ESTABLISHED.
            columns.count > 3 && columns[2].hasSuffix(port) && columns[3] == "01"
        }
    }

    /// The server takes connections and says nothing, for as long as `body` runs.
    package func silent<R>(_ body: () async throws -> R) async throws -> R {
        let text = try String(contentsOfFile: directory + "/nginx.pid", encoding: .utf8)
        guard let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), kill(process, SIGSTOP) == 0 else {
            throw TestSupportError("nginx cannot be stopped: \(text)")
        }
        defer { kill(process, SIGCONT) }
        return try await body()
    }
}

/// Starts a server with a bare clone of `repository` as `repo.git`, and ends it after `body`, whatever comes of it.
package func withGitServer<Result>(
    _ repository: GitRepository, _ body: (GitServer) async throws -> Result
) async throws -> Result {
    let directory = repository.scratch + "/server-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory + "/repositories", withIntermediateDirectories: true)
    let clone = try await repository.bareClone()
    try FileManager.default.moveItem(atPath: clone, toPath: directory + "/repositories/repo.git")
    try await GitServer.makeCertificates(in: directory)
    let ports = GitServer.Ports(
        https: try FreePort.next(), http: try FreePort.next(), modern: try FreePort.next(), otherName: try FreePort.next(),
        expired: try FreePort.next(), foreign: try FreePort.next())
    let server = GitServer(
        repositories: directory + "/repositories", certificateAuthority: directory + "/ca.crt", directory: directory, ports: ports)
    try server.configuration.write(toFile: directory + "/nginx.conf", atomically: true, encoding: .utf8)
    try "\(server.username):{PLAIN}\(server.password)\n".write(toFile: directory + "/users", atomically: true, encoding: .utf8)

    // Git's own variables in this process's environment would change what the backend does.
    let clean = ["-i", "PATH=/usr/sbin:/usr/bin:/bin", "HOME=\(directory)", "GIT_CONFIG_NOSYSTEM=1", "setsid"]
    let backend = try ChildProcess.start(
        "/usr/bin/env", clean + ["fcgiwrap", "-s", "unix:\(directory)/fcgi"], log: directory + "/fcgiwrap.log")
    let front = try ChildProcess.start(
        "/usr/bin/env", clean + ["nginx", "-p", directory, "-c", directory + "/nginx.conf", "-e", directory + "/error.log"],
        log: directory + "/nginx.log")
    do {
        try await Wait.until("nginx and fcgiwrap listen (see \(directory))") {
            FileManager.default.fileExists(atPath: directory + "/fcgi") && GitServer.isListening(ports.expired)
        }
        let result = try await body(server)
        await ChildProcess.end([front, backend])
        return result
    } catch {
        await ChildProcess.end([front, backend])
        throw error
    }
}

extension GitServer {
    /// Whether this machine has the programs that ``withGitServer(_:_:)`` starts.
    package static var isAvailable: Bool {
        ["/usr/sbin/nginx", "/usr/sbin/fcgiwrap", "/usr/lib/git-core/git-http-backend", "/usr/bin/openssl"]
            .allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    static func makeCertificates(in directory: String) async throws {
        let script = """
            set -e
            cd "$1"; umask 077
            openssl ecparam -name prime256v1 -genkey -noout -out ca.key
            openssl req -x509 -new -key ca.key -days 30 -subj /CN=test-ca -out ca.crt -addext basicConstraints=critical,CA:TRUE
            openssl ecparam -name prime256v1 -genkey -noout -out server.key
            openssl req -new -key server.key -subj /CN=test-git-server -out server.csr
            sign() { printf "subjectAltName=$2\\n" >ext; openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial $3 -out "$1" -extfile ext; }
            sign server.crt DNS:localhost "-days 30"
            sign other.crt DNS:git.example.com "-days 30"
            openssl req -x509 -new -key ca.key -days 30 -subj /CN=unused -out unused.crt
            mkdir -p old.d; : >old.d/index; echo 01 >old.d/serial
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=old.d/index\\nserial=old.d/serial\\nnew_certs_dir=old.d\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' >ca.conf
            printf 'subjectAltName=DNS:localhost\\n' >ext
            openssl ca -batch -config ca.conf -cert ca.crt -keyfile ca.key -in server.csr -out expired.crt -extfile ext -startdate 20200101000000Z -enddate 20200201000000Z
            """
        let result = try await Program("sh").run(["-c", script, "sh", directory])
        guard result.status == 0 else { throw TestSupportError("openssl failed: \(result)") }
    }

    var configuration: String {
        func listener(_ port: Int, certificate: String?, protocols: String = "TLSv1.2 TLSv1.3") -> String {
            let tls =
                certificate.map {
                    "ssl_certificate \(directory)/\($0); ssl_certificate_key \(directory)/server.key; ssl_protocols \(protocols);"
                } ?? ""
            return "server { listen 127.0.0.1:\(port)\(certificate == nil ? "" : " ssl"); \(tls) include \(directory)/doors.conf; }"
        }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(directory)/tmp_\($0);" }.joined(
            separator: " ")
        let backend = """
            fastcgi_pass unix:\(directory)/fcgi; fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
            fastcgi_param GIT_HTTP_EXPORT_ALL ""; fastcgi_param GIT_PROJECT_ROOT \(repositories); fastcgi_param PATH_INFO $1;
            fastcgi_param REMOTE_USER $remote_user; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding; fastcgi_buffering off;
            """
        let doors = """
            location ~ ^/open(/.*)$ { \(backend) }
            location ~ ^/private(/.*)$ { auth_basic git; auth_basic_user_file \(directory)/users; \(backend) }
            location ~ ^/elsewhere(/.*)$ { return 302 https://127.0.0.1:\(ports.https)/private$1$is_args$args; }
            location ~ ^/astray(/.*)$ {
                if ($http_authorization) { return 302 https://127.0.0.1:\(ports.foreign)/private$1$is_args$args; }
                auth_basic git; auth_basic_user_file \(directory)/users; try_files /nothing =404;
            }
            location ~ ^/moved(/.*)$ { return 301 $scheme://$http_host/open$1$is_args$args; }
            location ~ ^/downgraded(/.*)$ {
                if ($http_authorization) { return 302 http://localhost:\(ports.http)/private$1$is_args$args; }
                auth_basic git; auth_basic_user_file \(directory)/users; try_files /nothing =404;
            }
            location /page { default_type text/html; return 200 "<html>Sign in</html>"; }
            location /broken { return 500; }
            location /forbidden { return 403; }
            """
        try? doors.write(toFile: directory + "/doors.conf", atomically: true, encoding: .utf8)
        return """
            daemon off; master_process off; pid \(directory)/nginx.pid;
            events { worker_connections 64; }
            http {
                map $http_authorization $credentials { default with-credentials; "" anonymous; }
                log_format belay '$request_method $scheme $http_host $request_uri $status $credentials';
                access_log \(directory)/access.log belay; client_max_body_size 0; \(temporary)
                \(listener(ports.https, certificate: "server.crt"))
                \(listener(ports.http, certificate: nil))
                \(listener(ports.modern, certificate: "server.crt", protocols: "TLSv1.3"))
                \(listener(ports.otherName, certificate: "other.crt"))
                \(listener(ports.expired, certificate: "expired.crt"))
                server {
                    listen 127.0.0.1:\(ports.foreign) ssl; ssl_certificate \(directory)/server.crt; ssl_certificate_key \(directory)/server.key;
                    access_log \(directory)/foreign.log belay; error_log \(directory)/foreign-error.log info; return 204;
                }
            }
            """
    }
}
