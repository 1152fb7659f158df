// SPDX-License-Identifier: Apache-2.0
// Questions to the person at the page. The browser's own <dialog> keeps the focus inside, closes
// with Escape and gives the focus back.
import { freshId, h } from "./dom.mjs";

// Shows `fields` between a heading and two buttons; the form's data when it was confirmed, else null.
function ask({ title, text, fields = [], confirm, danger = false }) {
  const heading = freshId("dialog");
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: heading }, title),
    text && h("p", {}, text),
    fields,
    h(
      "div",
      { class: "buttons" },
      // No submit button: Enter in a field presses the first of those.
      h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", value: "confirm", class: danger ? "primary danger" : "primary" }, confirm),
    ),
  );
  const dialog = h("dialog", { "aria-labelledby": heading }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const answer = dialog.returnValue === "confirm" ? new FormData(form) : null;
      dialog.remove();
      resolve(answer);
    });
  });
}

export async function confirmed(title, text, confirm) {
  return (await ask({ title, text, confirm, danger: true })) !== null;
}

const LENGTHS = [
  ["30m", "30 minutes"],
  ["1h", "1 hour"],
  ["8h", "8 hours"],
  ["1d", "1 day"],
  ["7d", "7 days"],
];

// {duration, comment} or null.
export async function askForSilence(alert, matcher) {
  const [length, comment] = [freshId("field"), freshId("field")];
  const form = await ask({
    title: `Silence ${alert.alert}`,
    text: `Nobody is told of ${matcher} for this long. It is still shown here.`,
    fields: [
      h("label", { for: length }, "For"),
      h("select", { id: length, name: "duration" }, LENGTHS.map(([value, text]) =>
        h("option", { value, selected: value === "1h" }, text))),
      h("label", { for: comment }, "Comment (optional)"),
      h("input", { id: comment, name: "comment", maxlength: 120, autocomplete: "off" }),
    ],
    confirm: "Silence",
  });
  return form && { duration: form.get("duration"), comment: form.get("comment") };
}
