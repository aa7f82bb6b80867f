"""Users and what lets them in: one-time links and sessions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from vitrina.store.engine import Database
from vitrina.store.records import User
from vitrina.store.schema.people import LoginLinkRow, SessionRow, UserRow
from vitrina.store.statements import upsert
from vitrina.store.tokens import hashed, new_token

LOCAL_USER = "local"

LINK_LIFE = timedelta(hours=12)
"""A one-time link is printed when the hub starts, and may be clicked after lunch."""

SESSION_LIFE = timedelta(days=30)


class People:
    def __init__(self, database: Database) -> None:
        self._database = database

    def local_user(self) -> User:
        """The one user of an embedded store, made at first use."""
        with self._database.reading() as connection:
            found = _by_name(connection, LOCAL_USER)
        if found is not None:
            return found
        with self._database.writing() as transaction:
            row = upsert(transaction.connection, UserRow).values(
                name=LOCAL_USER, title="You", created_at=transaction.now
            )
            transaction.connection.execute(row.on_conflict_do_nothing())
            made = _by_name(transaction.connection, LOCAL_USER)
        assert made is not None
        return made

    def make_link(self, user: User) -> str:
        """A token that can be exchanged for a session, once."""
        token = new_token()
        with self._database.writing() as transaction:
            row = insert(LoginLinkRow).values(
                token_hash=hashed(token),
                user_id=user.id,
                created_at=transaction.now,
                expires_at=transaction.now + LINK_LIFE,
            )
            transaction.connection.execute(row)
        return token

    def use_link(self, token: str) -> str | None:
        """Exchanges a one-time link for a session's token; None when it is unknown, used or too old."""
        with self._database.writing() as transaction:
            claim = (
                update(LoginLinkRow)
                .where(
                    LoginLinkRow.token_hash == hashed(token),
                    LoginLinkRow.used_at.is_(None),
                    LoginLinkRow.expires_at > transaction.now,
                )
                .values(used_at=transaction.now)
                .returning(LoginLinkRow.user_id)
            )
            user_id = transaction.connection.execute(claim).scalar_one_or_none()
            if user_id is None:
                return None
            session = new_token()
            row = insert(SessionRow).values(
                token_hash=hashed(session),
                user_id=user_id,
                created_at=transaction.now,
                expires_at=transaction.now + SESSION_LIFE,
            )
            transaction.connection.execute(row)
        return session

    def user_of_session(self, token: str) -> User | None:
        """Who holds this session; None when it is unknown, ended or too old."""
        statement = (
            select(UserRow.id, UserRow.name, UserRow.title)
            .join(SessionRow, SessionRow.user_id == UserRow.id)
            .where(
                SessionRow.token_hash == hashed(token),
                SessionRow.ended_at.is_(None),
                SessionRow.expires_at > self._database.clock(),
                UserRow.deleted_at.is_(None),
            )
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        return User(*row) if row is not None else None

    def end_session(self, token: str) -> None:
        with self._database.writing() as transaction:
            ended = update(SessionRow).where(SessionRow.token_hash == hashed(token)).values(ended_at=transaction.now)
            transaction.connection.execute(ended)

    def get(self, user_id: int) -> User | None:
        statement = select(UserRow.id, UserRow.name, UserRow.title).where(
            UserRow.id == user_id, UserRow.deleted_at.is_(None)
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        return User(*row) if row is not None else None


def _by_name(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(UserRow.id, UserRow.name, UserRow.title).where(UserRow.name == name)).one_or_none()
    return User(*row) if row is not None else None
