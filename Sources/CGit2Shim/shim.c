#include "CGit2Shim.h"
#include <git2.h>
void belay_git2_placeholder(void) {}
