"""Access control: Casbin rules compiled into frozen permission sets, one per person and dealership."""
