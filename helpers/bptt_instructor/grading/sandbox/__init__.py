"""Linux isolation: bubblewrap around the zygote, namespaces and seccomp for each fork."""
