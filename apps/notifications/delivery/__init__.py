"""The roads a notification takes to its player, one file each."""
