"""What tests of Forecourt and of its plugins stand on: a kernel on each database, people, a clock, a browser.

pytest finds the fixtures by itself wherever crm-kernel is installed (`crm_kernel.testing.plugin`); they
import what they need when a test asks for them. `crm_kernel.testing.contract.PluginContract` holds a plugin
to what the house asks of every one.
"""
