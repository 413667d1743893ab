"""`python -m examples.flask_erp`: serve the ERP at 127.0.0.1:8103."""

import os

from examples.flask_erp.main import app

if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ.get("ERP_PORT", "8103")), threaded=True, use_reloader=False)
