"""`python -m examples.django_erp`: prepare the database and serve the ERP at 127.0.0.1:8102.

With `ERP_SERVER=wsgi` by Python's own WSGI server, else by uvicorn. Other words go to `manage.py`.
"""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from django.core.management import call_command, execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_erp.settings")


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """One thread per request."""

    daemon_threads = True


def prepare() -> None:
    """The ERP's own tables and data."""
    import django

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("stock")


def serve(port: int) -> None:
    """Until it is told to stop."""
    if os.environ.get("ERP_SERVER") == "wsgi":
        from examples.django_erp.wsgi import application

        make_server("127.0.0.1", port, application, ThreadingServer).serve_forever()
    else:
        import uvicorn

        uvicorn.run("examples.django_erp.asgi:application", host="127.0.0.1", port=port)


if __name__ == "__main__":
    if sys.argv[1:]:
        execute_from_command_line(sys.argv)
    else:
        prepare()
        serve(int(os.environ.get("ERP_PORT", "8102")))
