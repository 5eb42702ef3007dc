"""The only room that imports lm_eval. Three steps that never share a process with each other's secrets.

**render** (harness with a capturing LM -> a requests file) and **score** (harness with a replaying LM -> rows) run
contributed code, each in a process of its own without keys or weights; **generate** stands between them, in
``engines``, and runs none. This package's values (``requests``, ``rendering``, ``scoring``) and the response store
import no harness, so that the rooms above can use them without one.
"""

HARNESS_VERSION = "0.4.13"

#: The few-shot seed of the protocol; the harness's own default.
FEWSHOT_SEED = 1234
