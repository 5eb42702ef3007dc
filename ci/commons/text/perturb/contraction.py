"""English contractions: two words that speech runs together, written as one."""

from __future__ import annotations

from commons.text.perturb.words import replaced

_PRONOUNS = {
    "i am": "i'm", "i have": "i've", "i will": "i'll", "you are": "you're", "you have": "you've",
    "you will": "you'll", "he is": "he's", "he will": "he'll", "she is": "she's", "she will": "she'll",
    "it is": "it's", "it will": "it'll", "we are": "we're", "we have": "we've", "we will": "we'll",
    "they are": "they're", "they have": "they've", "they will": "they'll", "that is": "that's", "there is": "there's",
    "what is": "what's", "who is": "who's", "where is": "where's", "how is": "how's", "when is": "when's",
}
_NEGATED = {
    "is not": "isn't", "are not": "aren't", "was not": "wasn't", "were not": "weren't", "do not": "don't",
    "does not": "doesn't", "did not": "didn't", "has not": "hasn't", "have not": "haven't", "had not": "hadn't",
    "will not": "won't", "would not": "wouldn't", "could not": "couldn't", "should not": "shouldn't",
    "must not": "mustn't", "cannot": "can't", "can not": "can't",
}

#: Written for this project; each pair has one reading only, so "he had" and "he would" are not among them.
CONTRACTIONS = _PRONOUNS | _NEGATED


def contracted(text: str) -> str:
    """``text`` with every pair of :data:`CONTRACTIONS` written as one word.

    Of two pairs that share a word the first in the text is taken: "it is not" becomes "it's not". As HELM's
    contraction perturbation (Liang et al. 2022, arXiv 2211.09110), with a list of our own.

    >>> contracted("It is late and they do not know. IT IS.")
    "It's late and they don't know. IT'S."
    """
    return replaced(text, CONTRACTIONS, lambda words: CONTRACTIONS[words])
