"""Taking a module out of an installation: its data kept, exported or dropped, its traces gone with it."""
