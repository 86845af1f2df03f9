"""Settings of the documentation site. Build it with scripts/docs; nothing is fetched, neither then nor by a reader."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "src")]

# Kernels as plain functions: their docstrings and signatures are read, nothing is compiled.
os.environ["EXOBASE_JIT"] = "0"

import exobase  # noqa: E402

project = "exobase"
author = "The exobase developers"
copyright = author  # noqa: A001
version = release = exobase.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "case_pages",
    "case_keys",
    "mathml",
    "plain_docstrings",
]
exclude_patterns = ["_build", "_ext", "_generated", "**.ipynb_checkpoints"]
root_doc = "index"

# Markdown
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
# Pages are read in the repository too, where a level of headings may be left out.
suppress_warnings = ["myst.header"]

# The notebooks are committed with their outputs; the tests run them.
nb_execution_mode = "off"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries = False

copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True
highlight_language = "text"

html_theme = "furo"
html_title = f"exobase {release}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
