"""The gates, one family in each file; a file that is added here registers its gates by itself."""
