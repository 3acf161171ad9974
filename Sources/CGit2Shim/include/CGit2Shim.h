void belay_git2_placeholder(void);
