"""What is held about people: the register of it, and what the portal itself holds."""
