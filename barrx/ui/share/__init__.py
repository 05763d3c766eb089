"""The page Share: what is on screen as a link, saved views, texts about them, and views side by side."""
