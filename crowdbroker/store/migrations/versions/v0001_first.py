"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("project_json", sa.Text(), nullable=False),
        sa.Column("page_source", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("cap_cents", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=True),
        sa.Column("hit_type_id", sa.String(), nullable=True),
        sa.Column("exclusion_type_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("name", name=op.f("uq_batch_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_batch_uid")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_project"), ["project"], unique=False)

    op.create_table(
        "worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("worker_id", name=op.f("uq_worker_worker_id")),
    )
    op.create_table(
        "balance",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("account = 'deposited' OR cents >= 0", name=op.f("ck_balance_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_balance_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "account", name=op.f("pk_balance")),
    )
    op.create_table(
        "entry",
        sa.Column("transfer", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_entry_batch_id")),
        sa.PrimaryKeyConstraint("transfer", "account", name=op.f("pk_entry")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_batch_id_account", ["batch_id", "account"], unique=False)

    op.create_table(
        "exclusion",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("worker_row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_exclusion_batch_id")),
        sa.ForeignKeyConstraint(["worker_row"], ["worker.id"], name=op.f("fk_exclusion_worker_row")),
        sa.PrimaryKeyConstraint("batch_id", "worker_row", name=op.f("pk_exclusion")),
    )
    op.create_table(
        "hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("max_assignments", sa.Integer(), nullable=False),
        sa.Column("reward_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sibling_of", sa.Integer(), nullable=True),
        sa.Column("hit_id", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name=op.f("ck_hit_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_hit_batch_id")),
        sa.ForeignKeyConstraint(["sibling_of"], ["hit.id"], name=op.f("fk_hit_sibling_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hit")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_hit_batch_id_position")),
        sa.UniqueConstraint("hit_id", name=op.f("uq_hit_hit_id")),
    )
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.create_index("ix_hit_batch_id_state", ["batch_id", "state"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("mixed_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_item_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("batch_id", "key", name=op.f("uq_item_batch_id_key")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("hit_row", sa.Integer(), nullable=False),
        sa.Column("worker_row", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("auto_approval_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_xml", sa.Text(), nullable=False),
        sa.Column("answer_sha256", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('submitted', 'held', 'approved', 'rejected')", name=op.f("ck_assignment_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_assignment_batch_id")),
        sa.ForeignKeyConstraint(["hit_row"], ["hit.id"], name=op.f("fk_assignment_hit_row")),
        sa.ForeignKeyConstraint(["worker_row"], ["worker.id"], name=op.f("fk_assignment_worker_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("assignment_id", "worker_row", name=op.f("uq_assignment_assignment_id_worker_row")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_batch_id_state", ["batch_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_hit_row"), ["hit_row"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_worker_row"), ["worker_row"], unique=False)

    op.create_table(
        "hit_item",
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hit.id"], name=op.f("fk_hit_item_hit_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_hit_item_item_id")),
        sa.PrimaryKeyConstraint("hit_id", "position", name=op.f("pk_hit_item")),
        sa.UniqueConstraint("hit_id", "item_id", name=op.f("uq_hit_item_hit_id_item_id")),
    )
    with op.batch_alter_table("hit_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hit_item_item_id"), ["item_id"], unique=False)

    op.create_table(
        "label",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_label_batch_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_label_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_label")),
    )
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("assignment_row", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("worker_row", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_row"], ["assignment.id"], name=op.f("fk_answer_assignment_row")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_answer_item_id")),
        sa.ForeignKeyConstraint(["worker_row"], ["worker.id"], name=op.f("fk_answer_worker_row")),
        sa.PrimaryKeyConstraint("assignment_row", "item_id", name=op.f("pk_answer")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index("ix_answer_item_id_worker_row", ["item_id", "worker_row"], unique=False)

    op.create_table(
        "effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("hit_row", sa.Integer(), nullable=True),
        sa.Column("assignment_row", sa.Integer(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('ready', 'sent', 'done', 'failed', 'in_doubt')", name=op.f("ck_effect_state")),
        sa.ForeignKeyConstraint(["assignment_row"], ["assignment.id"], name=op.f("fk_effect_assignment_row")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_effect_batch_id")),
        sa.ForeignKeyConstraint(["hit_row"], ["hit.id"], name=op.f("fk_effect_hit_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect")),
        sa.UniqueConstraint("key", name=op.f("uq_effect_key")),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_effect_assignment_row"), ["assignment_row"], unique=False)
        batch_op.create_index("ix_effect_batch_id_state_next_at", ["batch_id", "state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_effect_hit_row"), ["hit_row"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_effect_hit_row"))
        batch_op.drop_index("ix_effect_batch_id_state_next_at")
        batch_op.drop_index(batch_op.f("ix_effect_assignment_row"))

    op.drop_table("effect")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_item_id_worker_row")

    op.drop_table("answer")
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_label_batch_id"))

    op.drop_table("label")
    with op.batch_alter_table("hit_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hit_item_item_id"))

    op.drop_table("hit_item")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_worker_row"))
        batch_op.drop_index(batch_op.f("ix_assignment_hit_row"))
        batch_op.drop_index("ix_assignment_batch_id_state")

    op.drop_table("assignment")
    op.drop_table("item")
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.drop_index("ix_hit_batch_id_state")

    op.drop_table("hit")
    op.drop_table("exclusion")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_batch_id_account")

    op.drop_table("entry")
    op.drop_table("balance")
    op.drop_table("worker")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_project"))

    op.drop_table("batch")
