"""Every planted defect of the zoo, and which of them need a trial run to show."""

from tests.zoo.defect import Defect
from tests.zoo.families import files, gold, hooks, items, judgement, metrics, names_cards, prompts, schema

DEFECTS: tuple[Defect, ...] = (
    *schema.DEFECTS, *files.DEFECTS, *gold.DEFECTS, *items.DEFECTS, *prompts.DEFECTS, *metrics.DEFECTS,
    *names_cards.DEFECTS, *hooks.DEFECTS, *judgement.DEFECTS,
)

#: What a reader of the files can find.
LINT_DEFECTS = tuple(defect for defect in DEFECTS if defect.shows in {"lint", "either"})

#: What a trial run must find: alone, or because lint and gates both can.
GATE_DEFECTS = tuple(defect for defect in DEFECTS if defect.shows in {"gate", "either"})
ONLY_GATE_DEFECTS = tuple(defect for defect in DEFECTS if defect.shows == "gate")
