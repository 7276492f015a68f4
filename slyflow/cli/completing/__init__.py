"""What a shell may offer at the cursor of a slyflow command line."""
