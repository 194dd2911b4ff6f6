"""Delivery, over memory."""
