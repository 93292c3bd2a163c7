"""egov: the open instrument that assesses the web presence of governments."""

__version__ = "0.1.0"
