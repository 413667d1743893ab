"""The API of what hangs on records: timeline, notes, tasks, files, views, exports, imports, printing."""
