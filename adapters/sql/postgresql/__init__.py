"""PostgreSQL: many processes, one database. Units of work in different rooms share transactions."""
