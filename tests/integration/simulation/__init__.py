"""A small world of several processes and clients, in which chance comes from a seed alone: what fails fails again."""
