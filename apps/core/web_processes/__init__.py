"""Several web processes of one command: their parent, their listening sockets and the memory they share."""
