"use strict";
// The server sends parts of the page as HTML, all text in them escaped; an event has the id of an element and what it holds.
const quiet = 30000;
let [announced, waiting] = [0, 0];

const element = (id) => document.getElementById(id);

// Frames keep their place while what they hold is replaced.
function show(holder, html) {
  const [left, top, chosen] = [holder.scrollLeft, holder.scrollTop, holder.value];
  holder.innerHTML = html;
  [holder.scrollLeft, holder.scrollTop] = [left, top];
  if (chosen) holder.value = chosen;
}

// Read aloud now and then only, so that there is time for anything else; the last state always.
function announce() {
  if (waiting) return;
  waiting = setTimeout(() => {
    [waiting, announced] = [0, Date.now()];
    element("announced").textContent = element("spoken").textContent;
  }, Math.max(0, announced + quiet - Date.now()));
}

async function showLayer(section) {
  const run = section.dataset.run;
  const choice = element("options-" + run);
  if (choice.value === "") return;
  const answer = await fetch("layer/" + run + "/" + choice.value);
  if (!answer.ok) return;
  const holder = element("charts-" + run);
  const open = [...holder.querySelectorAll("details")].map((values) => values.open);
  holder.innerHTML = await answer.text();
  holder.querySelectorAll("details").forEach((values, i) => (values.open = Boolean(open[i])));
}

function take(event) {
  const end = event.data.indexOf("\n");
  const id = event.data.slice(0, end);
  const holder = element(id);
  if (!holder) return;
  show(holder, event.data.slice(end + 1));
  if (id === "spoken") announce();
  if (id.startsWith("layers-")) showLayer(holder.closest(".run"));
}

for (const section of document.querySelectorAll(".run")) {
  const choice = element("options-" + section.dataset.run);
  if (section.dataset.layer) choice.value = section.dataset.layer;
  choice.addEventListener("change", () => showLayer(section));
  showLayer(section);
}

const events = new EventSource("events");
const connection = element("connection");
events.addEventListener("part", take);
events.addEventListener("open", () => (connection.textContent = "Live: the page follows the run."));
events.addEventListener("error", () => (connection.textContent = "Not connected: the page shows the last state that it got."));
