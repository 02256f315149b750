"""What should be: the policy, and the accessor that it implies."""
