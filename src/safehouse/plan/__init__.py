"""From findings and the register to a plan: who is hidden how, where and when."""
