"""The release check: what must not become public, in words and in files, and the copy that is made for the public.

Plain Python: `worker` runs it on files in a process of its own.
"""
