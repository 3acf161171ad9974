// What Swift cannot call: the variadic options of libgit2, one typed function each, process-wide; and two calls of the system.

#ifndef CGIT2SHIM_H
#define CGIT2SHIM_H

#include <stddef.h>

// Each returns libgit2's code: 0, or negative with an error set.

int cg2_set_search_path(int level, const char *_Nonnull path);
int cg2_set_certificate_file(const char *_Nonnull file);
int cg2_set_strict_hash_verification(int enabled);
int cg2_set_fsync(int enabled);
int cg2_set_owner_validation(int enabled);
int cg2_set_user_agent(const char *_Nonnull agent);
int cg2_set_extensions(const char *_Nonnull const *_Nonnull names, size_t count);
int cg2_set_pack_file_limit(size_t count);
int cg2_set_pack_maximum_objects(size_t count);

// Not every version has the options below: 1 where this one lacks it.

int cg2_set_pack_maximum_object_size(size_t bytes);
int cg2_set_home_directory(const char *_Nonnull path);

// What Swift's Glibc module hides, since it is GNU's and not POSIX'.

// An empty file that has no name, closed on exec; negative with errno set.
int cg2_memory_file(const char *_Nonnull name);
// Closes every descriptor from `first` up.
void cg2_close_from(int first);

#endif
