"""What studios tell the players of a game: sent once, told in chunks, withdrawn while there is somebody left."""
