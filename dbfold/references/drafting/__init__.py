"""The draft of a policy, from what a tree says about its databases."""
