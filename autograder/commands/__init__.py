"""The instructor's commands, one module each; they use the class and print for people.

What computes belongs below; what parses arguments or prints a table belongs here.
"""
