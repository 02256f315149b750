"""From inventories and policy to a plan, and what nobody has decided."""
