"""Records as files: CSV and XLSX that spreadsheets open safely and the import reads again."""
