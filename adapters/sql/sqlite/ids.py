"""Ids on SQLite, which has no sequences: a counter in the unit's own transaction, as only one writes at a time."""

from typing import Final

from sqlalchemy import Column, Integer, MetaData, Table, update

ids: Final = Table("ids", MetaData(), Column("last", Integer, nullable=False), sqlite_strict=True)

NEXT_ID: Final = update(ids).values(last=ids.c.last + 1).returning(ids.c.last)
