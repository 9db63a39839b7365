{%- extends 'nbgrader/base.tpl' -%}

{%- block title -%}Desk{%- endblock -%}

{%- block head -%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  #labs th, #labs td { vertical-align: top; }
  #labs .n { text-align: right; font-variant-numeric: tabular-nums; }
  #labs .title, #labs details { font-weight: normal; }
  #labs .title { color: #595959; }
  #said { max-height: 24em; overflow: auto; white-space: pre-wrap; word-break: normal;
    overflow-wrap: anywhere; }
  .steps .btn { margin: 0 .3em .3em 0; }
  details { margin-top: .3em; }
</style>
{%- endblock -%}

{%- block sidebar -%}
<li role="presentation" class="active"><a href="{{ base_url }}/formgrader/desk">Desk</a></li>
<li role="presentation"><a href="{{ base_url }}/formgrader/manage_assignments">Manage Assignments</a></li>
<li role="presentation"><a href="{{ base_url }}/formgrader/gradebook">Manual Grading</a></li>
<li role="presentation"><a href="{{ base_url }}/formgrader/manage_students">Manage Students</a></li>
{%- endblock -%}

{%- block body -%}
<p>
  <button class="btn btn-primary" data-lab="all" data-step="all">Collect, mark and publish all labs</button>
  <button class="btn btn-default" id="again">Look again</button>
</p>
<p>A score that was given already is told before it changes: <em>Rehearse</em> only tells, and writes
nothing. Files of Moodle or Canvas are collected in a terminal: <code>python -m autograder collect
03 all.zip</code>.</p>
<div id="problem" class="alert alert-warning" role="alert" hidden></div>
<table class="table" id="labs">
  <thead><tr><th scope="col">Lab</th><th scope="col">Due</th><th scope="col" class="n">Handed in</th>
    <th scope="col" class="n">Waiting</th><th scope="col" class="n">To mark</th>
    <th scope="col" class="n">Late</th><th scope="col" class="n">Mean</th><th scope="col">Do</th></tr></thead>
  <tbody><tr><td colspan="8">Looking at the course ...</td></tr></tbody>
</table>
<section id="run" hidden>
  <h4 id="what" aria-live="polite"></h4>
  <pre id="said" tabindex="0"></pre>
  <p id="page" hidden><a>Read the report</a></p>
</section>
{%- endblock -%}

{%- block script -%}
<script>
const desk = base_url + "/formgrader/desk";
const STEPS = {collect: "Collect", rehearse: "Rehearse", mark: "Mark", report: "Report",
               all: "Collect, mark, publish"};
const token = (document.cookie.match(/\b_xsrf=([^;]*)/) || [])[1] || "";

function made(name, text, attributes = {}) {
  const node = document.createElement(name);
  node.textContent = text ?? "";
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function names(cell, label, who) {
  if (!who.length) return;
  const more = made("details");
  more.append(made("summary", `${label}: ${who.length}`), document.createTextNode(who.join(", ")));
  cell.append(more);
}

function row(lab) {
  const tr = made("tr");
  const head = made("th", lab.lab, {scope: "row"});
  head.append(made("div", lab.title, {class: "title"}));
  names(head, "Could not be read", lab.unreadable);
  names(head, "For a person to look at", lab.review);
  if (lab.handed_in) names(head, "Missing", lab.missing);
  const of = lab.people ? ` of ${lab.people}` : "";
  tr.append(head, made("td", lab.due), made("td", lab.handed_in + of, {class: "n"}));
  for (const number of [lab.waiting.length, lab.to_mark.length, lab.late])
    tr.append(made("td", number || "", {class: "n"}));
  tr.append(made("td", lab.mean === null ? "" : `${lab.mean} of ${lab.most}`, {class: "n"}));
  const steps = made("td", "", {class: "steps"});
  for (const [step, label] of Object.entries(STEPS)) {
    if (!lab.handed_in && !["collect", "all"].includes(step)) continue;
    steps.append(made("button", label, {class: "btn btn-default btn-xs", "data-lab": lab.lab,
      "data-step": step, "aria-label": `${label}: ${lab.lab}`}));
  }
  tr.append(steps);
  return tr;
}

async function ask(path, options = {}) {
  const answer = await fetch(desk + path, {credentials: "same-origin", ...options});
  if (!answer.ok) throw new Error(answer.status === 409 ? "another command is running" :
                                  `the server answered ${answer.status}`);
  return answer.json();
}

function problem(text) {
  const place = document.getElementById("problem");
  place.hidden = !text;
  place.textContent = text || "";
}

async function look() {
  try {
    const told = await ask("/standing");
    problem(told.problem);
    if (told.labs) document.querySelector("#labs tbody").replaceChildren(...told.labs.map(row));
  } catch (error) { problem(`The course cannot be looked at: ${error.message}.`); }
  enable(!busy);
}

function enable(yes) {
  for (const button of document.querySelectorAll("button[data-step]")) button.disabled = !yes;
}

let busy = false;

function show(run) {
  if (!run.command.length) return;
  document.getElementById("run").hidden = false;
  const state = run.busy ? "runs" : run.status === 0 ? "is done" : "ended; read what it says";
  const what = `python -m autograder ${run.command.join(" ")} ${state}`;
  if (document.getElementById("what").textContent !== what)
    document.getElementById("what").textContent = what;
  const said = document.getElementById("said");
  const low = said.scrollTop + said.clientHeight > said.scrollHeight - 30;
  said.textContent = run.said;
  if (low) said.scrollTop = said.scrollHeight;
  const page = document.getElementById("page");
  page.hidden = run.command[0] !== "report" || run.status !== 0;
  page.querySelector("a").href = `${base_url}/files/course/reports/${run.command[1]}.html`;
}

async function watch() {
  busy = true;
  enable(false);
  for (;;) {
    try {
      const run = await ask("/run");
      show(run);
      if (!run.busy) break;
    } catch (error) { problem(`${error.message}; tried again.`); }
    await new Promise(after => setTimeout(after, 1000));
  }
  busy = false;
  await look();
}

document.addEventListener("click", async event => {
  const button = event.target.closest("button[data-step]");
  if (!button) return;
  try {
    const body = new URLSearchParams({lab: button.dataset.lab, step: button.dataset.step});
    show(await ask("/run", {method: "POST", body, headers: {"X-XSRFToken": token}}));
    problem("");
  } catch (error) { problem(`Nothing was begun: ${error.message}.`); }
  watch();
});
document.getElementById("again").addEventListener("click", look);
look();
ask("/run").then(run => { show(run); if (run.busy) watch(); });
</script>
{%- endblock -%}
