// Runs again whenever the theme changes: tells the style sheet whether the page is light or dark.
// Choosing a theme in the menu does not run the Python script, and drawers hang outside the app's
// root, so nothing else knows. The map's numbers are coloured in Python: it is asked to run again.
export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement;
  const paper = getComputedStyle(host).getPropertyValue("--st-background-color").trim();
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = paper;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  const dark = red + green + blue < 384;
  document.documentElement.dataset.scheme = dark ? "dark" : "light";
  if (dark !== data.dark) setStateValue("dark", dark);
}
