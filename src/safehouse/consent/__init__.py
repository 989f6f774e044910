"""What people agreed to: the rules of the register, and how records travel."""
