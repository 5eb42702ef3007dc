"""Making a task folder, from nothing or from a spreadsheet.

The way of the data: a file becomes a table of rows (:mod:`tables`), its columns get their roles (:mod:`columns`), rows
become checked items (:mod:`items`), items get ids and an order (:mod:`order`), and the folder's files are written
around them (:mod:`presets`, :mod:`card`, :mod:`folder`). The example items of a task made from nothing are such a
file too, and go the same way. Faults are collected row by row, and nothing is written while there is one.
"""
