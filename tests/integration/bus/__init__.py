"""The bus between processes: its adapters over real servers, in real processes, and two servers that talk over it."""
