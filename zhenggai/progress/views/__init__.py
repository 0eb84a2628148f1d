"""The pages of the monthly round and the quarterly filing, a file a subject."""
