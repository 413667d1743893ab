"""SQLite under SQLAlchemy: short statements run on the event loop, all others in the connection's thread.

The way to a thread and back costs more than most statements do, and an adapter that goes it for the cursor,
the statement, the rows and the end spends most of a transaction on the way. What may take long (bulk rows,
deletions, waiting for another process, the commit of a write) never runs on the loop; a query that turns out
long is cut and run again in the thread.

Rows inserted past the session are written behind: whoever gives them goes on while the thread writes, and
hears of a failure with the next statement, with the commit at the latest.
"""
