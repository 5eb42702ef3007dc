// The list of keys, fetched when somebody asks for it.
const KEYS = [["/", "Search"], ["?", "This list"], ["j k", "Next, previous item"], ["[ ]", "Previous, next page"]];

let dialog = null;

/** Show the list; ``off`` reads whether the keys are turned off and, given a value, keeps it. */
export const open = (make, off) => {
  if (!dialog) {
    const box = make("input", { type: "checkbox", checked: !off(), onchange: () => off(!box.checked) });
    const lines = KEYS.map(([keys, words]) => make(
      "div", {}, make("dt", {}, ...keys.split(" ").map((key) => make("kbd", {}, key))), make("dd", {}, words),
    ));
    const close = make("button", { type: "button", onclick: () => dialog.close() }, "Close");
    dialog = make("dialog", { "aria-label": "Keys" }, make("dl", {}, ...lines), make("label", {}, box, "These keys work"), close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
};
