{%- extends 'base.tpl' -%}

{%- block title -%}Desk{%- endblock -%}

{%- block head -%}
<style>
  #labs th, #labs td { vertical-align: top; }
  #labs .n { text-align: right; font-variant-numeric: tabular-nums; }
  #labs .title, #labs details { font-weight: normal; }
  #labs .title { color: light-dark(#595959, #aaa); }
  #said { max-height: 24em; overflow: auto; white-space: pre-wrap; word-break: normal;
    overflow-wrap: anywhere; }
  .steps .btn { margin: 0 .3em .3em 0; }
  details { margin-top: .3em; }
  summary { display: list-item; }
  dialog { background: light-dark(#fff, #1c1c1c); color: inherit; border: 1px solid #888;
    border-radius: 4px; padding: 1.2em; width: min(36em, 94vw); }
  dialog::backdrop { background: #0008; }
  dialog label { font-weight: normal; display: block; }
  dialog input[type=text], dialog input[type=file] { width: 100%; }
  @media (max-width: 60em) {
    .scroll { overflow-x: auto; } .jupyter-logo, .row:first-child .col-md-2 { display: none; }
  }
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
  <button class="btn btn-primary" data-lab="all" data-step="all">Mark all labs</button>
  <button class="btn btn-default" id="again">Look again</button>
</p>
<p>A score that was given already is told before it changes: <em>Rehearse</em> only tells, and writes
nothing. <span id="ways"></span></p>
<div id="problem" class="alert alert-warning" role="alert" hidden></div>
<div class="scroll"><table class="table" id="labs">
  <thead><tr><th scope="col">Lab</th><th scope="col">Due</th><th scope="col" class="n">Handed in</th>
    <th scope="col" class="n">Waiting</th><th scope="col" class="n">To mark</th>
    <th scope="col" class="n">Late</th><th scope="col" class="n">Mean</th><th scope="col">Do</th></tr></thead>
  <tbody><tr><td colspan="8">Looking at the course ...</td></tr></tbody>
</table></div>
<dialog id="take" aria-labelledby="take-what">
  <form method="dialog">
    <h4 id="take-what"></h4>
    <p><label>The zip file that Moodle or Canvas let you download
      <input type="file" name="file" accept=".zip"></label></p>
    <p><label>or where a zip file, or its folder, lies on the machine of this JupyterLab
      <input type="text" name="path" placeholder="course/intake/softmax"></label></p>
    <p><label><input type="checkbox" name="times" value="yes"> the times of the files are those of
      handing in</label></p>
    <p><label><input type="checkbox" name="all" value="yes" checked> then mark</label></p>
    <button class="btn btn-primary" value="take">Collect</button>
    <button class="btn btn-default" value="" formnovalidate>Leave it</button>
  </form>
</dialog>
<section id="run" hidden>
  <h4 id="what" aria-live="polite"></h4>
  <pre id="said" tabindex="0"></pre>
  <p id="page" hidden><a>Read the report</a></p>
</section>
{%- endblock -%}

{%- block script -%}
<script>
const desk = base_url + "/formgrader/desk";
const STEPS = {collect: "Collect", take: "Collect a file", rehearse: "Rehearse", mark: "Mark",
               report: "Report", all: "Collect, mark, publish"};
const OF_THE_EXCHANGE = ["collect", "all"];
let exchange = false;  // whether learners hand in through nbgrader's
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
    if (!exchange && OF_THE_EXCHANGE.includes(step)) continue;
    if (!lab.handed_in && !["take", ...OF_THE_EXCHANGE].includes(step)) continue;
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
    if (told.labs) {
      exchange = told.exchange;
      document.querySelector("#labs tbody").replaceChildren(...told.labs.map(row));
      document.querySelector("[data-lab=all]").textContent =
        exchange ? "Collect, mark and publish all labs" : "Mark all labs";
      document.getElementById("ways").textContent = exchange ? "" : "No lab was released through " +
        "the exchange of this JupyterLab. Collect what your system lets you download, lab by lab.";
    }
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

async function begin(path, body) {
  try {
    show(await ask(path, {method: "POST", body, headers: {"X-XSRFToken": token}}));
    problem("");
  } catch (error) { problem(`Nothing was begun: ${error.message}.`); }
  watch();
}

const take = document.getElementById("take");

document.addEventListener("click", event => {
  const button = event.target.closest("button[data-step]");
  if (!button) return;
  const {lab, step} = button.dataset;
  if (step !== "take") return begin("/run", new URLSearchParams({lab, step}));
  take.dataset.lab = lab;
  document.getElementById("take-what").textContent = `Collect a file: ${lab}`;
  take.querySelector("form").reset();
  take.returnValue = "";
  take.showModal();
});
take.addEventListener("close", () => {
  if (take.returnValue !== "take") return;
  const form = new FormData(take.querySelector("form"));
  form.set("lab", take.dataset.lab);
  if (!form.get("file").size) form.delete("file");
  if (!form.has("file") && !form.get("path").trim()) problem("Nothing was begun: no file was named.");
  else begin("/take", form);
});
document.getElementById("again").addEventListener("click", look);
look();
ask("/run").then(run => { show(run); if (run.busy) watch(); });
</script>
{%- endblock -%}
