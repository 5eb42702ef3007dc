"""What was found out about one task from its cells, before any page is written: read, judged, counted, compared.

A survey is made from the cell files of one task and nothing that another task holds, so that surveys can be made side
by side, kept under the digest of what they were made from, and found again.
"""
