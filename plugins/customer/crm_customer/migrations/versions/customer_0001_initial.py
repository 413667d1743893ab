"""initial"""

import sqlalchemy as sa
from alembic import op

import crm_kernel.dal.types

revision = "customer_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_customer_customer",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column(
            "id_number", crm_kernel.dal.types.Encrypted("crm_customer_customer.id_number"), nullable=True
        ),
        sa.Column("id_number_bi", sa.String(length=16), nullable=True),
        sa.Column("mobile", crm_kernel.dal.types.Encrypted("crm_customer_customer.mobile"), nullable=True),
        sa.Column("mobile_bi", sa.String(length=16), nullable=True),
        sa.Column(
            "phones", crm_kernel.dal.types.EncryptedJson("crm_customer_customer.phones"), nullable=True
        ),
        sa.Column("email", crm_kernel.dal.types.Encrypted("crm_customer_customer.email"), nullable=True),
        sa.Column("email_bi", sa.String(length=16), nullable=True),
        sa.Column("wechat", sa.String(length=60), nullable=True),
        sa.Column("address", crm_kernel.dal.types.Encrypted("crm_customer_customer.address"), nullable=True),
        sa.Column("preferred_channel", sa.String(length=40), nullable=True),
        sa.Column("preferred_time", sa.String(length=60), nullable=True),
        sa.Column("preferences", sa.Text(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("classification", sa.String(length=40), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("advisor", sa.String(length=60), nullable=True),
        sa.Column("occupation", sa.String(length=80), nullable=True),
        sa.Column("employer", sa.String(length=120), nullable=True),
        sa.Column("education", sa.String(length=40), nullable=True),
        sa.Column("interests", sa.Text(), nullable=True),
        sa.Column("industry", sa.String(length=80), nullable=True),
        sa.Column("size", sa.String(length=40), nullable=True),
        sa.Column("tax_number", sa.String(length=40), nullable=True),
        sa.Column(
            "bank_account",
            crm_kernel.dal.types.Encrypted("crm_customer_customer.bank_account"),
            nullable=True,
        ),
        sa.Column("loan", crm_kernel.dal.types.Encrypted("crm_customer_customer.loan"), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_customer")),
        sa.UniqueConstraint(
            "dealership_id", "code", name=op.f("uq_crm_customer_customer_dealership_id_code")
        ),
    )
    with op.batch_alter_table("crm_customer_customer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_email_bi"),
            ["dealership_id", "email_bi"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_id_number_bi"),
            ["dealership_id", "id_number_bi"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_mobile_bi"),
            ["dealership_id", "mobile_bi"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_name_birthday"),
            ["dealership_id", "name", "birthday"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_customer_dealership_id_registered_on_id"),
            ["dealership_id", "registered_on", "id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_consent",
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("given_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_consent_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_consent")),
    )
    with op.batch_alter_table("crm_customer_consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_consent_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_consent_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_consent_dealership_id_customer_id_purpose_channel_given_at"),
            ["dealership_id", "customer_id", "purpose", "channel", "given_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_consent_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_contact",
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=80), nullable=True),
        sa.Column("mobile", crm_kernel.dal.types.Encrypted("crm_customer_contact.mobile"), nullable=True),
        sa.Column("mobile_bi", sa.String(length=16), nullable=True),
        sa.Column("email", crm_kernel.dal.types.Encrypted("crm_customer_contact.email"), nullable=True),
        sa.Column("email_bi", sa.String(length=16), nullable=True),
        sa.Column("wechat", sa.String(length=60), nullable=True),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_contact_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_contact")),
    )
    with op.batch_alter_table("crm_customer_contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_contact_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_contact_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_contact_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_contact_dealership_id_mobile_bi"),
            ["dealership_id", "mobile_bi"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_contact_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_phone",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("number_bi", sa.String(length=16), nullable=False),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_phone_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_phone")),
    )
    with op.batch_alter_table("crm_customer_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_customer_phone_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_customer_phone_dealership_id_number_bi"),
            ["dealership_id", "number_bi"],
            unique=False,
        )

    op.create_table(
        "crm_customer_relation",
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("other_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_relation_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_relation_other_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_relation")),
    )
    with op.batch_alter_table("crm_customer_relation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_relation_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_relation_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_relation_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_relation_dealership_id_other_id"),
            ["dealership_id", "other_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_relation_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_vehicle",
        sa.Column("vin", sa.String(length=17), nullable=False),
        sa.Column("vin_tail", sa.String(length=6), nullable=False),
        sa.Column("vin_check", sa.String(length=16), nullable=False),
        sa.Column("vin_reason", sa.String(length=200), nullable=True),
        sa.Column("plate", sa.String(length=12), nullable=True),
        sa.Column("plates", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("brand", sa.String(length=60), nullable=True),
        sa.Column("series", sa.String(length=60), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("color", sa.String(length=40), nullable=True),
        sa.Column("purchased_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("compulsory_until", sa.Date(), nullable=True),
        sa.Column("commercial_until", sa.Date(), nullable=True),
        sa.Column("mileage_km", sa.Integer(), nullable=True),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("people", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_vehicle_customer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_vehicle")),
        sa.UniqueConstraint("dealership_id", "vin", name=op.f("uq_crm_customer_vehicle_dealership_id_vin")),
    )
    with op.batch_alter_table("crm_customer_vehicle", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_dealership_id_plate"),
            ["dealership_id", "plate"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_dealership_id_vin_tail"),
            ["dealership_id", "vin_tail"],
            unique=False,
        )

    op.create_table(
        "crm_customer_plate",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["crm_customer_vehicle.id"],
            name=op.f("fk_crm_customer_plate_vehicle_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_plate")),
    )
    with op.batch_alter_table("crm_customer_plate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_plate_dealership_id_plate"), ["dealership_id", "plate"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_crm_customer_plate_vehicle_id"), ["vehicle_id"], unique=False)

    op.create_table(
        "crm_customer_policy",
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("insurer", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["crm_customer_vehicle.id"], name=op.f("fk_crm_customer_policy_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_policy")),
    )
    with op.batch_alter_table("crm_customer_policy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_policy_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_policy_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_policy_dealership_id_ends_on_id"),
            ["dealership_id", "ends_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_policy_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_policy_dealership_id_vehicle_id_ends_on"),
            ["dealership_id", "vehicle_id", "ends_on"],
            unique=False,
        )

    op.create_table(
        "crm_customer_purchase",
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=True),
        sa.Column("invoice_number", sa.String(length=40), nullable=True),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment", sa.String(length=40), nullable=True),
        sa.Column("consultant", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm_customer_customer.id"], name=op.f("fk_crm_customer_purchase_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["crm_customer_vehicle.id"], name=op.f("fk_crm_customer_purchase_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_purchase")),
    )
    with op.batch_alter_table("crm_customer_purchase", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_dealership_id_bought_on_id"),
            ["dealership_id", "bought_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_purchase_dealership_id_vehicle_id"),
            ["dealership_id", "vehicle_id"],
            unique=False,
        )

    op.create_table(
        "crm_customer_reading",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("mileage_km", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("order_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["crm_customer_vehicle.id"],
            name=op.f("fk_crm_customer_reading_vehicle_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_reading")),
    )
    with op.batch_alter_table("crm_customer_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crm_customer_reading_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_crm_customer_reading_vehicle_id_read_on"), ["vehicle_id", "read_on"], unique=False
        )

    op.create_table(
        "crm_customer_repair_order",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("mileage_km", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("amount", crm_kernel.dal.types.Amount(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("advisor", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("owner_id", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("created_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("updated_at", crm_kernel.dal.types.UtcTime(), nullable=False),
        sa.Column("created_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("custom", crm_kernel.dal.types.Json(), nullable=False),
        sa.Column("deleted_at", crm_kernel.dal.types.UtcTime(), nullable=True),
        sa.Column("deleted_by", crm_kernel.dal.types.Id(), nullable=True),
        sa.Column("delete_reason", sa.Text(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_repair_order_customer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["crm_customer_vehicle.id"], name=op.f("fk_crm_customer_repair_order_vehicle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_repair_order")),
        sa.UniqueConstraint(
            "dealership_id", "number", name=op.f("uq_crm_customer_repair_order_dealership_id_number")
        ),
    )
    with op.batch_alter_table("crm_customer_repair_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_dealership_id_arrived_on_id"),
            ["dealership_id", "arrived_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_dealership_id_created_at_id"),
            ["dealership_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_dealership_id_customer_id_arrived_on"),
            ["dealership_id", "customer_id", "arrived_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_dealership_id_owner_id_created_at_id"),
            ["dealership_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_repair_order_dealership_id_vehicle_id_arrived_on"),
            ["dealership_id", "vehicle_id", "arrived_on"],
            unique=False,
        )

    op.create_table(
        "crm_customer_vehicle_person",
        sa.Column("dealership_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("vehicle_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("customer_id", crm_kernel.dal.types.Id(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", crm_kernel.dal.types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm_customer_customer.id"],
            name=op.f("fk_crm_customer_vehicle_person_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["crm_customer_vehicle.id"],
            name=op.f("fk_crm_customer_vehicle_person_vehicle_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_customer_vehicle_person")),
    )
    with op.batch_alter_table("crm_customer_vehicle_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_person_dealership_id_customer_id"),
            ["dealership_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_crm_customer_vehicle_person_vehicle_id"), ["vehicle_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("crm_customer_vehicle_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_person_vehicle_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_person_dealership_id_customer_id"))

    op.drop_table("crm_customer_vehicle_person")
    with op.batch_alter_table("crm_customer_repair_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_dealership_id_vehicle_id_arrived_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_dealership_id_customer_id_arrived_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_dealership_id_arrived_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_repair_order_created_at_id"))

    op.drop_table("crm_customer_repair_order")
    with op.batch_alter_table("crm_customer_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_reading_vehicle_id_read_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_reading_order_id"))

    op.drop_table("crm_customer_reading")
    with op.batch_alter_table("crm_customer_purchase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_dealership_id_vehicle_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_dealership_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_dealership_id_bought_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_purchase_created_at_id"))

    op.drop_table("crm_customer_purchase")
    with op.batch_alter_table("crm_customer_policy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_policy_dealership_id_vehicle_id_ends_on"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_policy_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_policy_dealership_id_ends_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_policy_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_policy_created_at_id"))

    op.drop_table("crm_customer_policy")
    with op.batch_alter_table("crm_customer_plate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_plate_vehicle_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_plate_dealership_id_plate"))

    op.drop_table("crm_customer_plate")
    with op.batch_alter_table("crm_customer_vehicle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_dealership_id_vin_tail"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_dealership_id_plate"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_dealership_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_vehicle_created_at_id"))

    op.drop_table("crm_customer_vehicle")
    with op.batch_alter_table("crm_customer_relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_relation_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_relation_dealership_id_other_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_relation_dealership_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_relation_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_relation_created_at_id"))

    op.drop_table("crm_customer_relation")
    with op.batch_alter_table("crm_customer_phone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_phone_dealership_id_number_bi"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_phone_customer_id"))

    op.drop_table("crm_customer_phone")
    with op.batch_alter_table("crm_customer_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_contact_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_contact_dealership_id_mobile_bi"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_contact_dealership_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_contact_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_contact_created_at_id"))

    op.drop_table("crm_customer_contact")
    with op.batch_alter_table("crm_customer_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_consent_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(
            batch_op.f("ix_crm_customer_consent_dealership_id_customer_id_purpose_channel_given_at")
        )
        batch_op.drop_index(batch_op.f("ix_crm_customer_consent_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_consent_created_at_id"))

    op.drop_table("crm_customer_consent")
    with op.batch_alter_table("crm_customer_customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_registered_on_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_owner_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_name_birthday"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_mobile_bi"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_id_number_bi"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_email_bi"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_dealership_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_crm_customer_customer_created_at_id"))

    op.drop_table("crm_customer_customer")
