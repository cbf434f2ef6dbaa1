"""Where presses, replies and removals arrive from the gateway and find the action for them."""
