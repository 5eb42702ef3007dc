"""Grader of one_line_python: compares syntax trees. The answer is parsed and never run."""

import ast

MAX_CHARACTERS = 400


def process_results(doc, results):
    """1 where the answer has the structure of the gold or of another accepted expression."""
    wanted = {_shape(text) for text in [doc["gold"], *doc["also"]]}
    shape = _shape(_code(results[0]))
    return {"same_structure": float(shape is not None and shape in wanted)}


def _code(text):
    """The answer without a fence of backticks around it."""
    text = text.strip()
    if text.startswith("```"):
        text = text.strip("`").removeprefix("python")
    return text.strip("` \n")


def _shape(text):
    """The syntax tree as text, with variables of comprehensions numbered; None where it is no expression."""
    if not text or len(text) > MAX_CHARACTERS:
        return None
    try:
        tree = ast.parse(text, mode="eval")
        own = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.comprehension):
                for name in ast.walk(node.target):
                    if isinstance(name, ast.Name):
                        own.setdefault(name.id, f"v{len(own)}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in own:
                node.id = own[node.id]
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
