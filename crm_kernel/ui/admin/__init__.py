"""Administration by page: organisation, rights, modules, code lists, logs, jobs, notifications."""
