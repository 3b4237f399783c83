// navigator.clipboard needs https or 127.0.0.1; where a department serves the page by http under
// another name, the old command still works inside a click.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const label = parentElement.querySelector(".label");
  label.textContent = data.label;
  button.classList.remove("done"); // the button of another text a moment ago
  button.onclick = async () => {
    let copied = false;
    try {
      await navigator.clipboard.writeText(data.text);
      copied = true;
    } catch {
      const area = document.createElement("textarea");
      area.value = data.text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      (button.closest("[role=dialog]") ?? document.body).appendChild(area);
      area.select();
      copied = document.execCommand("copy");
      area.remove();
    }
    button.classList.toggle("done", copied);
    label.textContent = copied ? data.done : data.failed;
    setTimeout(() => {
      button.classList.remove("done");
      label.textContent = data.label;
    }, 2200);
  };
}
