"""The bus between processes, without any process: what is said, in which form, and who is there."""
