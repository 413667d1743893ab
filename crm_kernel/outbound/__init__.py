"""The one way by which the product calls other machines over HTTP."""
