// Typed calls of git_libgit2_opts, and what differs between libgit2 1.5 and later versions.

#define _GNU_SOURCE
#include "CGit2Shim.h"
#include <git2.h>
#include <sys/mman.h>
#include <unistd.h>

#define BELAY_LIBGIT2_AT_LEAST(major, minor, revision)                                                             \
    (LIBGIT2_VER_MAJOR > (major) ||                                                                                \
     (LIBGIT2_VER_MAJOR == (major) &&                                                                              \
      (LIBGIT2_VER_MINOR > (minor) || (LIBGIT2_VER_MINOR == (minor) && LIBGIT2_VER_REVISION >= (revision)))))

int cg2_set_search_path(int level, const char *path) { return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path); }

int cg2_set_certificate_file(const char *file) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, (const char *)NULL);
}

int cg2_set_strict_hash_verification(int enabled) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, enabled);
}

int cg2_set_fsync(int enabled) { return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled); }

int cg2_set_owner_validation(int enabled) { return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled); }

int cg2_set_user_agent(const char *agent) { return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, agent); }

int cg2_set_extensions(const char *const *names, size_t count) {
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, (const char **)names, count);
}

int cg2_set_pack_file_limit(size_t count) { return git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, count); }

int cg2_set_pack_maximum_objects(size_t count) { return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, count); }

int cg2_set_pack_maximum_object_size(size_t bytes) {
#if BELAY_LIBGIT2_AT_LEAST(1, 9, 5) || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR == 8 && LIBGIT2_VER_REVISION >= 6)
    return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, bytes);
#elif LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR == 5
    // Debian's 1.5.1 carries the option behind the last one of upstream's; upstream's own 1.5 answers "invalid option". An enumerator
    // cannot be asked for with #ifdef, so it is counted from its neighbour and believed only if reading it gives a plausible default.
    const int get = GIT_OPT_SET_OWNER_VALIDATION + 1, set = GIT_OPT_SET_OWNER_VALIDATION + 2;
    size_t present = 0;
    if (git_libgit2_opts(get, &present) != 0 || present < ((size_t)1 << 20)) {
        git_error_clear();
        return 1;
    }
    return git_libgit2_opts(set, bytes);
#else
    (void)bytes;
    return 1;
#endif
}

int cg2_set_home_directory(const char *path) {
#if BELAY_LIBGIT2_AT_LEAST(1, 6, 0)
    return git_libgit2_opts(GIT_OPT_SET_HOMEDIR, path);
#else
    (void)path;
    return 1;
#endif
}

int cg2_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

void cg2_close_from(int first) { closefrom(first); }
