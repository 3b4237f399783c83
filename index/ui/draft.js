// The draft with its marks. Text of documents comes as data and only ever becomes text of a node.
// A click on a mark asks Python for its source; what is chosen comes back in `data.chosen`.
export default function ({ data, parentElement, setTriggerValue }) {
  const pane = parentElement.querySelector(".draft");
  const made = JSON.stringify(data.paragraphs);
  if (pane.made !== made) {
    const top = pane.scrollTop;
    pane.replaceChildren(...data.paragraphs.map(paragraph));
    pane.scrollTop = top; // a switch was turned: the person goes on reading here
    pane.made = made;
  }
  pane.setAttribute("aria-label", data.label);
  const choose = (event) => {
    const mark = event.target.closest?.("[data-finding]");
    if (!mark || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    setTriggerValue("chosen", Number(mark.dataset.finding));
  };
  pane.onclick = choose;
  pane.onkeydown = choose;

  const marks = pane.querySelectorAll(`[data-finding="${data.chosen}"]`);
  for (const mark of pane.querySelectorAll(".chosen")) mark.classList.remove("chosen");
  for (const mark of marks) mark.classList.add("chosen");
  const goal = data.look_at
    ? [...pane.querySelectorAll(".xz-ref.alarm")].find((one) => one.dataset.name === data.look_at)
    : marks[0];
  for (const one of pane.querySelectorAll(".here")) one.classList.remove("here");
  goal?.closest(".para").classList.add("here");
  const went = `${data.chosen} ${data.look_at} ${data.step}`;
  if (goal && pane.went !== went) {
    // only the pane moves, never the page under the person's hands; on a telephone, where the
    // pane may be far above what was clicked, the page has to go there
    if (data.look_at && pane.getBoundingClientRect().bottom < 80) {
      pane.scrollIntoView({ block: "start" });
    }
    const box = goal.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    if (pane.went === undefined || box.top < frame.top + 20 || box.bottom > frame.bottom - 40) {
      pane.scrollTop += box.top - frame.top - frame.height / 4;
    }
  }
  pane.went = went;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function paragraph(one) {
  if (one.left_out) return element("div", "left-out", one.left_out);
  const made = element("div", one.heading ? "para heading" : "para");
  made.dataset.paragraph = one.number;
  made.append(element("span", "no", String(one.number)));
  const body = element("div");
  if (one.word) {
    const meta = element("span", "meta");
    meta.append(element("span", `xz-tag ${one.look}`, one.word), ` ${one.says}`);
    body.append(meta);
  }
  const text = element("p");
  const seen = new Set(); // one stop of the tab key for a finding, however many pieces it has
  for (const run of one.runs) {
    const mark = element("span", run.look, run.text);
    if (run.why) mark.title = run.why;
    if (run.finding) {
      mark.dataset.finding = run.finding;
      if (!seen.has(run.finding)) {
        seen.add(run.finding);
        mark.tabIndex = 0;
        mark.setAttribute("role", "button");
      }
    }
    text.append(mark);
    for (const [reference, alarm] of run.references ?? []) {
      // a word joiner: the number never stands alone at the beginning of a line
      const number = element("span", alarm ? "xz-ref alarm" : "xz-ref", `\u2060${reference}`);
      number.dataset.name = reference;
      if (run.finding && !alarm) number.dataset.finding = run.finding;
      text.append(number);
    }
  }
  body.append(text);
  made.append(body);
  return made;
}
