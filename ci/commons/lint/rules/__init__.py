"""The rules, one family a file. A file that is added here is found by itself."""
