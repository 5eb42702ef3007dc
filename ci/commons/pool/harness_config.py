"""The harness's task YAML as a typed value, read without the harness.

lm-evaluation-harness 0.4.13 keeps its configuration in a plain dataclass that refuses an unknown key only when the
task is loaded, and never checks the keys further inside (``lm_eval/config/task.py``). The fields below are that
dataclass; values that may be code, templates or text stay as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import ConfigDict, Field, InstanceOf, StringConstraints

from commons.pool.validate import Strict
from commons.pool.yamlfile import FunctionRef

OutputType = Literal["multiple_choice", "loglikelihood", "loglikelihood_rolling", "generate_until"]
#: Only the tag itself: without `InstanceOf`, pydantic would also take the mapping {name: ...} for one.
Function = InstanceOf[FunctionRef]
Template = Union[Function, str]
TaskName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,63}$")]


class MetricEntry(Strict):
    """One entry of ``metric_list``; keys beyond these four are keyword arguments of the metric."""

    model_config = ConfigDict(extra="allow", frozen=True, arbitrary_types_allowed=True)

    metric: Template = Field(description="The metric's name, for example `acc`.")
    aggregation: Template | None = Field(None, description="How items become one number, for example `mean`.")
    higher_is_better: bool | None = Field(None, description="true or false.")
    hf_evaluate: bool = Field(False, description="false: metrics that download code are not run here.")


class FilterEntry(Strict):
    """One named chain of ``filter_list``."""

    name: str = Field(description="The chain's name; results are called `metric,name`.")
    filter: list[dict[str, Any]] = Field(min_length=1, description="The steps, each with a `function`.")


class DatasetArguments(Strict):
    """``dataset_kwargs``: local files by split, or the commit of a Hub dataset."""

    data_files: dict[str, str | list[str]] | None = Field(
        None, description="Split -> file, relative to the task folder, for example {test: data/test.jsonl}."
    )
    revision: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")] | None = Field(
        None, description="The 40-hex commit of a Hub dataset."
    )


class HarnessConfig(Strict):
    """A task's harness configuration."""

    task: TaskName = Field(description="The task's name: the folder's name, lower case, digits and underscores.")
    task_alias: str | None = None
    tag: str | list[str] | None = None
    include: str | list[str] | None = None
    task_class: Function | None = Field(None, alias="class")
    custom_dataset: Function | None = None
    dataset_path: str | None = Field(None, description="`json` for files in the folder, or a Hub dataset.")
    dataset_name: str | None = None
    dataset_kwargs: DatasetArguments | None = None
    training_split: str | None = None
    validation_split: str | None = None
    test_split: str | None = None
    fewshot_split: str | None = None
    process_docs: Function | None = None
    doc_to_text: Template | int | None = None
    doc_to_target: Template | int | list[Any] | None = None
    doc_to_choice: Template | list[Any] | dict[str, Any] | None = None
    doc_to_image: Template | list[Any] | None = None
    doc_to_audio: Template | list[Any] | None = None
    unsafe_code: bool = False
    process_results: Function | None = None
    use_prompt: str | None = None
    description: Template = ""
    target_delimiter: str = " "
    fewshot_delimiter: str = "\n\n"
    fewshot_config: dict[str, Any] | None = None
    num_fewshot: int | None = Field(None, ge=0)
    metric_list: list[MetricEntry] | None = None
    output_type: OutputType = Field(
        "generate_until",
        description="`multiple_choice`, `loglikelihood`, `loglikelihood_rolling` or `generate_until`.",
    )
    generation_kwargs: dict[str, Any] | None = None
    repeats: int = Field(1, ge=1, le=64)
    filter_list: list[FilterEntry] | None = None
    should_decontaminate: bool = False
    doc_to_decontamination_query: str | None = None
    gen_prefix: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def evaluated_split(self) -> str | None:
        """The split the harness evaluates: test, else validation."""
        return self.test_split or self.validation_split

    @property
    def files_by_split(self) -> dict[str, list[str]]:
        """The local data files as written, by split; empty for a Hub dataset."""
        given = (self.dataset_kwargs.data_files if self.dataset_kwargs else None) or {}
        return {split: [files] if isinstance(files, str) else list(files) for split, files in given.items()}
