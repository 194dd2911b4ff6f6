"""What people do: one class a capability."""
