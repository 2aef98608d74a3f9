"""What Typecase does in how many milliseconds, and how often a second: ``make bench``. See README.md here."""
