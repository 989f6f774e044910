"""Values and documents, without any reading or writing: what the stages hand each other."""
