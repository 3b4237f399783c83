"""The topic taxonomy, and which paragraphs are about what.

A paragraph is about a topic by meaning and words together, and by what else it may be about. For
each topic is measured on each paragraph (`evidence`):

- meaning: how far the best passage's cosines with the topic's description and with the nearest of
  its examples lie above the background, in spreads (see `calibration.Background`);
- words: how densely the topic's phrases occur, and whether one stands in the words it opens with,
  in the heading above or in the title;
- how much better another topic fits.

None is enough alone: a list of duties names every topic once, reports write about 作风建设 without
naming it, and meaning alone cannot tell neighbours (廉政教育, 党风廉政建设) apart.

What is found is kept on the disk (`index.assignments`) and follows the library document by
document, so that only what is new is measured.
"""

from index.topics.assigning import TopicIndex
from index.topics.evidence import ABOUT, evidence
from index.topics.phrases import PhraseCounter
from index.topics.taxonomy import Taxonomy, Topic

__all__ = ["ABOUT", "PhraseCounter", "Taxonomy", "Topic", "TopicIndex", "evidence"]
