"""The control API: worlds and everything in them, over HTTP, for handles, scripts and people."""
