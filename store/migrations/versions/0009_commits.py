"""The commits that runs ran, as nodes of lineage; also of the runs that said so before there were nodes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SHA = {
    "sqlite": "lower(json_extract(runs.meta, '$.code.commit'))",
    "postgresql": "lower(runs.meta #>> '{code,commit}')",
}
IS_SHA = {
    "sqlite": f"length({SHA['sqlite']}) BETWEEN 7 AND 64 AND {SHA['sqlite']} NOT GLOB '*[^0-9a-f]*'",
    "postgresql": f"{SHA['postgresql']} ~ '^[0-9a-f]{{7,64}}$'",
}

EDGE = ("project_id", "source_kind", "source_id", "target_kind", "target_id", "relation", "created_at", "created_by")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "commits",
        sa.Column("id", key, nullable=False),
        sa.Column("project_id", key, nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_commits_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commits")),
        sa.UniqueConstraint("project_id", "sha", name=op.f("uq_commits_project_id_sha")),
    )
    database = op.get_bind().dialect.name
    sha, is_sha = sa.literal_column(SHA[database]), sa.literal_column(IS_SHA[database])
    runs = sa.table("runs", *map(sa.column, ("id", "project_id", "created_at", "created_by")))
    commits = sa.table("commits", *map(sa.column, ("id", "project_id", "sha", "remote", "created_at")))
    edges = sa.table("edges", *map(sa.column, EDGE))
    said = (
        sa.select(runs.c.project_id, sha, sa.literal_column("''"), sa.func.min(runs.c.created_at))
        .where(is_sha)
        .group_by(runs.c.project_id, sha)
    )
    op.execute(commits.insert().from_select(("project_id", "sha", "remote", "created_at"), said))
    code, run, ran = map(sa.literal_column, ("'code'", "'run'", "'ran'"))
    joined = (
        sa.select(runs.c.project_id, code, commits.c.id, run, runs.c.id, ran, runs.c.created_at, runs.c.created_by)
        .join_from(runs, commits, (commits.c.project_id == runs.c.project_id) & (commits.c.sha == sha))
        .where(is_sha)
        .order_by(runs.c.id)
    )
    op.execute(edges.insert().from_select(EDGE, joined))


def downgrade() -> None:
    op.execute("DELETE FROM edges WHERE source_kind = 'code'")
    op.drop_table("commits")
