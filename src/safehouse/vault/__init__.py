"""What needs the vault's private key, and stays at home; `safehouse_offload` goes out."""
