"""The families of variants, a file each."""
