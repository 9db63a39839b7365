// The live picture of a figure: pixels on a canvas, and the hand on them.
//
// Python sends the parts that changed as straight RGBA; the canvas shows it in the inks of the
// page's theme. The hand is sent back one message at a time: while one is under way the newest
// move waits, and strokes of a pen gather. Places are shares of the picture from its lower left.
// Nothing depends on what a busy page does first: attach this element, the figure, its sliders.

const LOST = 5000; // milliseconds after which a message without an answer holds up no other
const NEAR = 26; // how far from a handle a press still takes it, in pixels of the page
const READABLE = 0.75; // how far a picture is scaled down on a narrow page; as in kit.py
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function isDark() {
  const told = document.body.dataset.jpThemeLight;
  if (told !== undefined) return told === "false";
  return document.body.classList.contains("vscode-dark") ||
    matchMedia("(prefers-color-scheme: dark)").matches;
}

async function unpacked(buffer) {
  const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const stage = document.createElement("div"), caption = document.createElement("div");
  const grips = new Map(); // name -> { node, ground, spec }
  let pixels = null, inks = null, queue = Promise.resolve();
  let waiting = 0, next = [], dragged = null, width = 0, scales = [];
  const value = document.createElement("div"); // what the pointer rests on
  value.className = "kit-value";
  value.hidden = true;
  value.setAttribute("aria-hidden", "true"); // the caption tells the numbers that matter
  stage.className = "kit-touch";
  canvas.className = "kit-canvas";
  canvas.setAttribute("role", "img");
  caption.className = "kit-words";
  caption.setAttribute("role", "status");
  const scroll = document.createElement("div"); // what is wider than the page is seen in part
  scroll.className = "kit-scroll";
  scroll.append(stage);
  stage.append(canvas, value);
  el.append(scroll, caption);

  // Pixels ---------------------------------------------------------------------------------------

  function ink() {
    const table = model.get("inks")[isDark() ? "dark" : "light"];
    inks = new Map(Object.entries(table).map(([drawn, shown]) => [Number(drawn), shown]));
  }

  function paint(x, y, w, h) {
    const part = context.createImageData(w, h);
    const shown = new Uint32Array(part.data.buffer);
    let last = -1, as = 0; // neighbours mostly share a colour
    for (let row = 0, to = 0; row < h; row++) {
      for (let from = (y + row) * canvas.width + x, end = from + w; from < end; from++, to++) {
        const value = pixels[from], colour = value & 0xffffff;
        if (colour !== last) { last = colour; as = inks.get(colour) ?? colour; }
        shown[to] = (value & 0xff000000) | as;
      }
    }
    context.putImageData(part, x, y);
  }

  // The front end leaves the handles of its sliders without a name.
  const controls = new MutationObserver(() => name(root));
  let root = null;

  function name(root) {
    for (const handle of root?.querySelectorAll(".widget-slider .noUi-handle") ?? []) {
      const label = handle.closest(".widget-slider").querySelector(".widget-label")?.textContent;
      if (label && handle.ariaLabel !== label) handle.ariaLabel = label;
    }
  }

  // The figure shows the canvas once there are pixels, whichever comes into the page first.
  function wake() {
    const found = el.closest(".kit-figure");
    if (pixels) found?.classList.add("kit-awake");
    if (found === root) return;
    root = found;
    controls.disconnect();
    if (root) controls.observe(root, { childList: true, subtree: true });
    name(root);
  }

  async function show(frame, buffers) {
    if (frame.size[0] !== canvas.width || frame.size[1] !== canvas.height || !pixels) {
      const [, , w, h] = frame.parts[0] ?? [0, 0, 0, 0];
      if (w !== frame.size[0] || h !== frame.size[1]) return;
      [canvas.width, canvas.height] = frame.size;
      pixels = new Uint32Array(canvas.width * canvas.height);
    }
    canvas.style.width = `${frame.page[0]}px`;
    stage.style.width = `${frame.page[0]}px`;
    stage.style.minWidth = `${READABLE * frame.page[0]}px`;
    caption.style.maxWidth = `${Math.max(frame.page[0], 480)}px`;
    if (frame.parts.length) {
      const view = buffers[0];
      const bytes = frame.packed ? await unpacked(view) :
        view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
      const sent = new Uint32Array(bytes);
      let from = 0;
      for (const [x, y, w, h] of frame.parts) {
        for (let row = 0; row < h; row++, from += w) {
          pixels.set(sent.subarray(from, from + w), (y + row) * canvas.width + x);
        }
        paint(x, y, w, h);
      }
    }
    canvas.setAttribute("aria-label", frame.text);
    caption.innerHTML = frame.caption;
    scales = frame.scales;
    place(frame.handles);
    wake();
    if (scroll.scrollWidth > scroll.clientWidth) scroll.tabIndex = 0; // arrow keys scroll it then
    else scroll.removeAttribute("tabindex");
    canvas.dataset.drawn = Number(canvas.dataset.drawn ?? 0) + 1;
  }

  // The hand -------------------------------------------------------------------------------------

  function send(message) {
    if (waiting && performance.now() - waiting < LOST) {
      const last = next.at(-1);
      const same = last?.kind === message.kind && last.name === message.name;
      if (same && message.kind === "stroke" && !message.first) last.points.push(...message.points);
      else if (same && message.kind === "key") last.by = last.by.map((by, k) => by + message.by[k]);
      else if (same && message.kind === "move") last.at = message.at;
      else next.push(message);
      return;
    }
    waiting = performance.now();
    model.send(message);
  }

  function answered() {
    waiting = 0;
    if (next.length) send(next.shift());
  }

  function share(event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  }

  // A press takes the nearest handle, or the one that owns the ground it falls on.
  function taken(event) {
    const box = canvas.getBoundingClientRect(), at = share(event);
    let best = null, least = Infinity;
    for (const [name, { spec }] of grips) {
      if (spec.pen) continue;
      const far = Math.hypot((spec.at[0] - at[0]) * box.width, (spec.at[1] - at[1]) * box.height);
      const [left, bottom, right, top] = spec.ground ?? [2, 2, 2, 2];
      const inside = left <= at[0] && at[0] <= right && bottom <= at[1] && at[1] <= top;
      if ((far < NEAR || inside) && far < least) { best = name; least = far; }
    }
    if (best !== null) return best;
    for (const [name, { spec }] of grips) {
      const [left, bottom, right, top] = spec.ground ?? [2, 2, 2, 2];
      if (spec.pen && left <= at[0] && at[0] <= right && bottom <= at[1] && at[1] <= top) return name;
    }
    return null;
  }

  function moved(event) {
    if (dragged === null) return;
    const { spec } = grips.get(dragged) ?? {};
    if (!spec) return;
    if (spec.click) {
      if (event.type === "pointerdown") send({ kind: "press", name: dragged });
    } else if (spec.pen) {
      const all = event.getCoalescedEvents?.() ?? [];
      const points = (all.length ? all : [event]).map(share);
      send({ kind: "stroke", name: dragged, points, first: event.type === "pointerdown" });
    } else {
      send({ kind: "move", name: dragged, at: share(event) });
    }
  }

  // The place of a pointer in the numbers of the axes under it, beside the pointer.
  function rest(event) {
    const [x, y] = share(event);
    const under = scales.find(({ box }) => box[0] <= x && x <= box[2] && box[1] <= y && y <= box[3]);
    value.hidden = !under || dragged !== null || event.pointerType === "touch";
    if (value.hidden) return;
    const [left, bottom, right, top] = under.box;
    const shares = [(x - left) / (right - left), (y - bottom) / (top - bottom)];
    value.textContent = under.sides.map((side, k) => {
      if (!side) return "";
      const [low, high] = side.log ? side.ends.map(Math.log10) : side.ends;
      const at = low + shares[k] * (high - low);
      const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(high - low)))); // a hundredth
      const number = side.log ? (10 ** at).toPrecision(2) : at.toFixed(Math.min(digits, 20));
      return `${side.name} ${number}`.trim();
    }).filter(Boolean).join(", ");
    value.style[x < 0.6 ? "left" : "right"] = `calc(${100 * (x < 0.6 ? x : 1 - x)}% + 14px)`;
    value.style[x < 0.6 ? "right" : "left"] = "";
    value.style.bottom = `calc(${100 * y}% + 6px)`;
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = taken(event);
    if (dragged === null) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    grips.get(dragged).node.focus({ preventScroll: true });
    stage.classList.add("kit-dragging");
    moved(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (dragged !== null) moved(event);
    else stage.style.cursor = taken(event) === null ? "" : "pointer";
    rest(event);
  });
  stage.addEventListener("pointerleave", () => { value.hidden = true; });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, (event) => {
      if (dragged !== null && end === "pointerup") moved(event);
      dragged = null;
      stage.classList.remove("kit-dragging");
    });
  }

  function key(event, name) {
    const by = ARROWS[event.key];
    if (by) send({ kind: "key", name, by: by.map((step) => step * (event.shiftKey ? 5 : 1)) });
    else if (event.key === " " || event.key === "Enter") send({ kind: "press", name });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // One focusable node a handle, in the order they were declared.
  function place(specs) {
    for (const spec of specs) {
      let grip = grips.get(spec.name);
      if (!grip) {
        const node = document.createElement("div");
        node.className = "kit-handle";
        node.tabIndex = 0;
        node.setAttribute("role", spec.click ? "button" : "slider");
        node.setAttribute("aria-label", spec.name);
        node.addEventListener("keydown", (event) => key(event, spec.name));
        const ground = document.createElement("div");
        ground.className = "kit-ground";
        stage.append(ground, node);
        grip = { node, ground };
        grips.set(spec.name, grip);
      }
      grip.spec = spec;
      grip.node.style.left = `${100 * spec.at[0]}%`;
      grip.node.style.bottom = `${100 * spec.at[1]}%`;
      if (!spec.click) {
        grip.node.setAttribute("aria-valuenow", spec.value);
        grip.node.setAttribute("aria-valuetext", spec.says);
      }
      grip.node.title = spec.name;
      grip.ground.hidden = !spec.ground;
      if (spec.ground) {
        const [left, bottom, right, top] = spec.ground.map((part) => 100 * part);
        grip.ground.style.left = `${left}%`;
        grip.ground.style.bottom = `${bottom}%`;
        grip.ground.style.width = `${right - left}%`;
        grip.ground.style.height = `${top - bottom}%`;
      }
    }
    const named = new Set(specs.map((spec) => spec.name));
    for (const [name, { node, ground }] of grips) {
      if (!named.has(name)) { node.remove(); ground.remove(); grips.delete(name); }
    }
  }

  // The page -------------------------------------------------------------------------------------

  function hello() {
    // As wide as the page lets the figure be, measured without the figure in the way.
    const room = Math.floor((el.closest(".kit-figure")?.parentElement ?? el).clientWidth);
    if (!room || room === width) return;
    width = room;
    waiting = 0;
    next = [];
    const local = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
    model.send({ kind: "hello", room, sharpness: window.devicePixelRatio || 1, local });
  }

  // Keys belong to the control they are pressed in; those with Control or a run of the cell do not.
  function keep(event) {
    wake();
    if (!root?.contains(event.target)) return;
    const lab = event.ctrlKey || event.metaKey || event.altKey ||
      (event.key === "Enter" && event.shiftKey) || event.key === "Escape";
    // Asked of the element itself: the shortcuts of cells are bound to whatever has the focus.
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !lab);
  }

  function told(message, buffers) {
    if (message.kind !== "frame") return;
    queue = queue.then(() => show(message, buffers)).catch(console.error);
    if (message.answers) queue = queue.then(answered);
  }

  ink();
  model.on("msg:custom", told);
  window.addEventListener("keydown", keep, true);
  const theme = new MutationObserver(() => {
    ink();
    if (pixels) paint(0, 0, canvas.width, canvas.height);
  });
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light", "class"] });
  // A busy page may put this element into the figure long after `render`: it gets its size then.
  let room = null;
  const size = new ResizeObserver(() => {
    const around = el.closest(".kit-figure")?.parentElement ?? null;
    if (around !== room) {
      if (room) size.unobserve(room);
      room = around;
      if (room) size.observe(room);
    }
    wake();
    hello();
  });
  size.observe(el);
  return () => {
    model.off("msg:custom", told);
    window.removeEventListener("keydown", keep, true);
    theme.disconnect();
    size.disconnect();
    controls.disconnect();
  };
}

export default { render };
