"""What to cite for a result: the code, the methods and the data that its own configuration used."""

from exobase.citations.bibtex import as_bibtex
from exobase.citations.collect import Citations, Item, cite
from exobase.citations.references import Reference, named_in, reference, references

__all__ = ["Citations", "Item", "Reference", "as_bibtex", "cite", "named_in", "reference", "references"]
