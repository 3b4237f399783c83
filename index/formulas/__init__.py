"""Which wording is prescribed: formulas, never evidence of copying.

Three witnesses. A list of set phrases with the document that each comes from ships with the
package and is extended by the reviewers of a library (`phrases`). A file of hashes tells which
runs stand in many public official documents (`background`), so that a library of five files gives
sane answers. The third, the documents of many unrelated units in the library itself, needs a
library and is asked where drafts are compared.
"""

from index.formulas.background import Background, shipped
from index.formulas.phrases import Phrase, PhraseBook, read_phrases, shipped_phrases

__all__ = ["Background", "Phrase", "PhraseBook", "read_phrases", "shipped", "shipped_phrases"]
