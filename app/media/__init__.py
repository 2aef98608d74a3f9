"""The media room: files of the staff, and pictures of them in the sizes that pages ask for."""
