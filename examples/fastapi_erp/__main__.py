"""`python -m examples.fastapi_erp`: serve the ERP at 127.0.0.1:8101."""

import os

import uvicorn

if __name__ == "__main__":
    uvicorn.run(
        "examples.fastapi_erp.main:app",
        host="127.0.0.1",
        port=int(os.environ.get("ERP_PORT", "8101")),
        root_path=os.environ.get("ERP_ROOT_PATH", ""),
    )
