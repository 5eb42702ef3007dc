"""The plots of the site."""
