"""slyflow for Python programs and notebooks: what `import slyflow` gives."""
