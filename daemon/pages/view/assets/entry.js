// Keys, checks and drafts of the pages of manual entry. Every form is sent and checked without it.
"use strict";
(function () {
  const read = (key, store = "localStorage") => {
    try { return JSON.parse(window[store].getItem(key)) || {}; } catch { return {}; }
  };
  const write = (key, fields, store = "localStorage") => {
    try {
      if (Object.keys(fields).length) window[store].setItem(key, JSON.stringify(fields));
      else window[store].removeItem(key);
    } catch { /* No room, or none is allowed: the server has what it was sent. */ }
  };
  const line = (id) => document.getElementById(id);
  const shown = (element, is) => { if (element) element.hidden = !is; };

  // ---- What this browser keeps of a task: what was typed and the server does not have; of that,
  // what is offered until one decides; and the labels of the fields, for where the form is not.

  const draftKey = ({ account, task }) => `sluice.draft.${account}.${task}`;
  const without = (fields, others) => Object.fromEntries(Object.entries(fields).filter(([name, value]) => others[name] !== value));
  const typedOf = (fields) => Object.entries(fields).filter(([name]) => !name.startsWith("offered."));
  const keptOf = (key) => ({ ...read(key + ".offered"), ...read(key) });
  const drop = (key) => { for (const part of ["", ".offered", ".labels"]) write(key + part, {}); };
  // Whether there is anything to be shown.
  const showKept = (key, fields, box) => {
    const labels = read(key + ".labels");
    const list = box.querySelector("dl");
    const { empty, ...picked } = list.dataset;
    const typed = typedOf(fields);
    list.replaceChildren(...typed.flatMap(([name, value]) => {
      const label = document.createElement("dt");
      const text = document.createElement("dd");
      const isPicked = /^(tick|confirm|choice)\./.test(name);
      label.textContent = labels[name] ?? name;
      text.append(document.createElement("bdi"));
      text.firstChild.textContent = (isPicked && picked[value]) || value || empty;
      return [label, text];
    }));
    shown(box, typed.length > 0);
    return typed.length > 0;
  };

  // What was sent by this window and is saved is kept no more. What another one kept stays, and so
  // does what was offered and not decided.
  const sent = read("sluice.sent", "sessionStorage");
  write("sluice.sent", {}, "sessionStorage");
  const saved = line("saved-task");
  if (saved) {
    const key = draftKey(saved.dataset);
    for (const part of ["", ".offered"]) write(key + part, without(read(key + part), sent));
    const isLeft = typedOf(keptOf(key)).length > 0;
    if (!isLeft) drop(key);
    shown(saved, isLeft);
  }

  // On the page of a task, whatever has become of it.
  const keptHere = line("kept");
  if (keptHere) {
    const key = draftKey(keptHere.dataset);
    showKept(key, keptOf(key), keptHere);
    keptHere.querySelector("[data-drop]").addEventListener("click", () => {
      drop(key);
      shown(keptHere, false);
      line("main").focus();
    });
  }

  // Shown over the page; it closes by Esc itself.
  const keys = document.getElementById("keys");
  const keysButton = document.getElementById("show-keys");
  if (keysButton) {
    keysButton.hidden = false;
    keysButton.addEventListener("click", () => keys.showModal());
  }

  const form = document.querySelector("form[data-task]");
  if (!form) return;

  // ---- What stands in the form

  const typedNames = ["[name^='field.']", "[name^='confirm.']", "[name^='choice.']", "[name^='offered.']", "[name^='tick.']", "[name=receipt]"];
  const controls = [...form.querySelectorAll(typedNames.join())];
  const values = () => {
    const all = {};
    for (const control of controls) {
      if (control.type === "radio" && !control.checked) { all[control.name] ??= ""; continue; }
      all[control.name] = control.type === "checkbox" && !control.checked ? "" : control.value;
    }
    return all;
  };
  // What is known of a field stands beside it: that it is this, or what it would have been.
  const markKnown = (control) => {
    const known = line(control.id + "-known")?.firstElementChild;
    const is = known?.dataset.known === control.value;
    control.classList.toggle("known", is);
    if (!known) return;
    shown(known.firstElementChild, is);
    shown(known.lastElementChild, !is);
  };
  form.addEventListener("input", ({ target }) => markKnown(target));
  form.addEventListener("input", ({ target }) => {
    const third = target.closest(".other")?.querySelector("[type=radio]");
    if (third && target !== third) third.checked = true;
  });
  const put = (fields) => {
    for (const control of controls) {
      if (!(control.name in fields)) continue;
      const value = fields[control.name];
      if (control.type === "radio" || control.type === "checkbox") control.checked = control.value === value;
      else control.value = value;
      markKnown(control);
    }
  };

  // ---- Nothing moves under a button that is being pressed: it would be let go of beside it, and the
  // browser would take that for no press at all.

  let press = Promise.resolve();
  document.addEventListener("pointerdown", () => {
    press = new Promise((released) => {
      for (const end of ["pointerup", "pointercancel"]) {
        document.addEventListener(end, () => setTimeout(released), { once: true, capture: true });
      }
    });
  }, { capture: true });

  // ---- Talking to the server: what it answers as the wanted element, or why there is none.

  const ask = async (path, fields, wanted) => {
    const body = new URLSearchParams(fields);
    for (const name of ["csrf", "version"]) body.set(name, form.elements[name].value);
    let answer;
    try {
      answer = await fetch(path, {
        method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(20000),
        headers: { "X-CSRF-Token": form.elements.csrf.value },
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { over: true };
      if (answer.status === 413) return { tooLong: true };
      if (answer.status >= 500 || answer.status === 429) return { away: true };
      const page = document.createElement("template");
      page.innerHTML = await answer.text();
      return { ok: answer.ok, away: false, element: page.content.querySelector(wanted) };
    } catch {
      return { away: true };
    }
  };

  // ---- Drafts. What differs from what the server has is kept here until the server has it.

  const kept = draftKey(form.dataset);
  const offered = kept + ".offered";
  const initial = values();
  // Of a form that was refused the server has nothing: the page is the answer to it.
  const isAnswer = form.dataset.draft !== `${location.pathname}/draft`;
  let known = isAnswer ? {} : initial;  // by the server
  let mine = {};         // of what is kept; the rest is another window's
  let typed = 0;         // grows with each change
  let isSending = false;
  let isEnded = !form.dataset.draft;
  let sendTimer = 0;
  let keepTimer = 0;

  const unsaved = () => {
    const all = values();
    return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== (known[name] ?? "")));
  };
  const labelOf = (control) =>
    control.closest(".field, .versus, .carry, .stacked")?.querySelector("label, .label")?.firstChild.textContent.trim() || control.name;
  const keepLabels = () => {
    const isAny = Object.keys(keptOf(kept)).length > 0;
    const ours = controls.filter(({ name }) => name in mine).map((control) => [control.name, labelOf(control)]);
    write(kept + ".labels", isAny ? { ...read(kept + ".labels"), ...Object.fromEntries(ours) } : {});
  };
  const keepHere = () => {
    clearTimeout(keepTimer);
    keepTimer = 0;
    const others = without(read(kept), mine);
    mine = unsaved();
    write(kept, { ...others, ...mine });
    keepLabels();
  };
  const sendSoon = (delay) => {
    clearTimeout(sendTimer);
    if (!isEnded) sendTimer = setTimeout(send, delay);
  };
  const send = async () => {
    if (isSending || isEnded) return;
    isSending = true;
    const at = typed;
    const sent = values();
    const answer = await ask(form.dataset.draft, sent, "#draft");
    await press;
    isSending = false;
    const isAway = !answer.over && !answer.tooLong && !answer.element;
    shown(line("away"), isAway);
    shown(line("too-long"), answer.tooLong);
    shown(line("over"), answer.over);
    if (answer.element) line("draft").replaceWith(answer.element);
    if (answer.ok && answer.element?.dataset.madeOf) form.elements.made_of.value = answer.element.dataset.madeOf;
    shown(line("draft"), answer.element);
    if (isAway) return sendSoon(answer.away ? 5000 : 60000);
    isEnded = !answer.ok && !answer.tooLong;  // signed out, or the task is another's or another version
    if (isEnded) known = {};
    if (answer.ok) known = sent;
    keepHere();
    if (!isEnded && typed !== at) sendSoon(1500);
  };
  const changed = () => {
    ++typed;
    if (!keepTimer) keepTimer = setTimeout(keepHere, 300);
    if (!isSending) sendSoon(1500);
  };
  if (form.dataset.draft) {
    form.addEventListener("input", changed);
    window.addEventListener("pagehide", keepHere);
    document.addEventListener("submit", ({ target }) => {
      if (!target.closest("main")) return;
      if (target === form) known = {};  // a draft ends with its task: all is kept until it is saved
      write("sluice.sent", values(), "sessionStorage");
    });
    window.addEventListener("online", () => sendSoon(0));
    // What was kept here and the server does not have is offered; it stays kept until one decides.
    write(offered, { ...read(offered), ...read(kept) });
    write(kept, {});
    const differing = Object.entries(read(offered)).filter(([name, value]) => name in initial && initial[name] !== value);
    const differs = showKept(kept, Object.fromEntries(differing), line("offer"));
    if (!differs) write(offered, {});
    keepLabels();
    line("offer").addEventListener("click", (event) => {
      const { take, drop } = event.target.dataset;
      if (take === undefined && drop === undefined) return;
      if (take !== undefined) {
        // What was typed since is newer.
        const now = values();
        put(Object.fromEntries(Object.entries(read(offered)).filter(([name]) => now[name] === initial[name])));
        changed();
        keepHere();
        askKnown();
      }
      write(offered, {});
      keepLabels();
      shown(line("offer"), false);
      stops()[0]?.focus();
    });
  }

  // ---- A field is checked as one leaves it, by the server. An answer to an older text is none.

  const tell = (control, element) => {
    const told = document.getElementById(control.id + "-told");
    told.className = element.className;
    told.replaceChildren(...element.childNodes);
    if (element.classList.contains("bad")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  form.addEventListener("change", async (event) => {
    const control = event.target;
    if (control.closest(".tick")) control.removeAttribute("aria-invalid");
    const { column } = control.dataset;
    if (column === undefined || !form.dataset.check) return;
    const value = control.value;
    const answer = await ask(form.dataset.check, { column, value }, `#${control.id}-told`);
    await press;
    if (answer.element && control.value === value) tell(control, answer.element);
  });

  // ---- What is known already fills what nobody typed. An answer to another key is none, and a field
  // that was changed meanwhile stays as it is.

  const leads = () => [...form.querySelectorAll("[data-leads]")];
  const askKnown = async () => {
    if (!form.dataset.known || !leads().length) return;
    const sent = values();
    const answer = await ask(form.dataset.known, sent, "#known");
    await press;
    if (!answer.ok || leads().some((one) => one.value !== sent[one.name])) return;
    for (const { dataset, children } of [...answer.element?.children ?? []]) {
      const control = line(dataset.of);
      if (control.value !== sent[control.name]) continue;
      const [known, told] = children;
      line(control.id + "-known").replaceChildren(...known.childNodes);
      form.elements["offered." + control.dataset.column].value = dataset.offered;
      if (control.value !== dataset.typed) {
        control.value = dataset.typed;
        tell(control, told);
        if (control === document.activeElement) control.select?.();
      }
      markKnown(control);
    }
    changed();
  };
  form.addEventListener("change", ({ target }) => {
    if (target.dataset.leads !== undefined) askKnown();
  });

  // ---- Values that stay from one record to the next

  const stickyKey = form.dataset.sticky && `sluice.sticky.${form.dataset.account}.${form.dataset.sticky}`;
  const showStuck = (control, is) =>
    shown(form.querySelector(`label[for="${control.id}"] .stuck`), is);
  const noteSticky = (control, is) => {
    const sticky = read(stickyKey);
    if (is) sticky[control.dataset.column] = control.value;
    else delete sticky[control.dataset.column];
    write(stickyKey, sticky);
    showStuck(control, is);
  };
  const isSticky = (control) => Object.hasOwn(read(stickyKey), control.dataset.column);
  const enter = (control, value) => {
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  };
  if (stickyKey) {
    const sticky = read(stickyKey);
    for (const control of form.querySelectorAll("[data-column]")) {
      if (!Object.hasOwn(sticky, control.dataset.column)) continue;
      showStuck(control, true);
      if (!control.value && line("offer").hidden) enter(control, sticky[control.dataset.column]);
    }
    form.addEventListener("change", ({ target }) => {
      if (target.dataset.column !== undefined && isSticky(target)) noteSticky(target, true);
    });
  }

  // ---- Codes, found while one types

  let search = 0;
  const box = (control) => control.parentElement.querySelector(".codes");
  const options = (control) => [...box(control).querySelectorAll("[role=option]")];
  const closeCodes = (control) => {
    ++search;
    box(control).hidden = true;
    box(control).replaceChildren();
    control.setAttribute("aria-expanded", "false");
    for (const name of ["aria-controls", "aria-activedescendant"]) control.removeAttribute(name);
    for (const name of ["found", "asked", "wanted"]) delete control.dataset[name];
  };
  const mark = (control, option) => {
    for (const one of options(control)) one.setAttribute("aria-selected", String(one === option));
    if (option) control.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  };
  const marked = (control) => options(control).find((one) => one.getAttribute("aria-selected") === "true");
  const take = (control, option) => {
    closeCodes(control);
    enter(control, option.dataset.meant);
  };
  const findCodes = async (control) => {
    const mine = ++search;
    const text = control.value;
    control.dataset.asked = text;
    try {
      const answer = await fetch(`${control.dataset.codes}&q=${encodeURIComponent(text.slice(0, 100))}`, { redirect: "manual" });
      if (!answer.ok) return;
      const page = document.createElement("template");
      page.innerHTML = await answer.text();
      const list = page.content.querySelector("#codes");
      if (!list || mine !== search || control.value !== text) return;
      box(control).replaceChildren(list);
    } catch {
      return;
    } finally {
      if (mine === search) delete control.dataset.asked;
    }
    // Enter was pressed before the answer came.
    if (control.dataset.wanted === text && options(control).length) return take(control, options(control)[0]);
    if (document.activeElement !== control) return closeCodes(control);
    box(control).hidden = false;
    control.dataset.found = text;
    const any = options(control);
    control.setAttribute("aria-expanded", String(any.length > 0));
    if (any.length) control.setAttribute("aria-controls", "codes");
    mark(control, text ? any[0] : undefined);
  };
  for (const control of form.querySelectorAll("[data-codes]")) {
    control.addEventListener("input", (event) => {
      delete control.dataset.wanted;
      if (event.isTrusted) findCodes(control);
    });
    control.addEventListener("blur", () => { if (!control.dataset.wanted) closeCodes(control); });
    // The press would take the focus away before the click.
    box(control).addEventListener("mousedown", (event) => event.preventDefault());
    box(control).addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(control, option);
    });
  }
  // Whether the key was for the list.
  const codesKey = (control, event) => {
    const isOpen = !box(control).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen) { findCodes(control); return true; }
      const all = options(control);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = all.indexOf(marked(control));
      if (all.length) mark(control, all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
      return true;
    }
    if (event.key === "Escape" && isOpen) { closeCodes(control); return true; }
    if (event.key !== "Enter" || !control.value) return false;
    if (control.dataset.asked === control.value) control.dataset.wanted = control.value;
    else if (isOpen && control.dataset.found === control.value && marked(control)) take(control, marked(control));
    return false;
  };

  // ---- Keys

  // One radio of a field stands for all; the field for a third value only where it is chosen.
  const isStop = (one) => {
    if (one === document.activeElement) return true;
    if (one.closest(".other") && one.type !== "radio") return one.closest(".other").querySelector("[type=radio]").checked;
    if (one.type !== "radio") return true;
    const group = controls.filter((other) => other.name === one.name);
    return one === (group.find((other) => other.checked) ?? group[0]);
  };
  const stops = () => [...form.querySelectorAll("[data-column], .tick input, .pick input, [name=receipt]")].filter(isStop);
  const go = (from, step) => {
    const all = stops();
    const to = all[all.indexOf(from) + step];
    if (to) {
      to.focus();
      if (to.select && to.type !== "radio" && to.type !== "checkbox") to.select();
    } else if (step > 0) line("save").focus();
  };
  let last = null;  // where Esc came from
  document.addEventListener("keydown", (event) => {
    // Of an input method: it is not for the form.
    if (event.isComposing || event.keyCode === 229 || keys?.open) return;
    const at = event.target;
    const isField = stops().includes(at);
    if (isField && at.dataset.codes && !event.ctrlKey && codesKey(at, event)) return event.preventDefault();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // A reason stands in a form of its own, which does something else.
      if (at.form && at.form !== form) at.form.requestSubmit();
      else form.requestSubmit(line("save"));
    } else if (event.key === "Enter" && at.name === "receipt" && !event.shiftKey) {
      return;  // the browser sends the form, as Enter in its last field does
    } else if (event.key === "Enter" && isField && at.tagName !== "TEXTAREA") {
      go(at, event.shiftKey ? -1 : 1);
    } else if (event.key === "F4" && isField && !event.altKey) {
      if (at.dataset.ditto !== undefined) enter(at, at.dataset.ditto);
    } else if (event.key === "F6" && isField && stickyKey) {
      noteSticky(at, !isSticky(at));
    } else if (event.key === "Escape") {
      const away = line("note");
      if (!away) return;
      if (at === away && last) last.focus();
      else { last = isField ? at : null; away.focus(); }
    } else if (event.key === "?" && keys && !at.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      keys.showModal();
    } else return;
    event.preventDefault();
  });
  if (!document.querySelector("[autofocus], [role=alert]")) stops()[0]?.focus();
  else form.querySelector("[aria-invalid]")?.focus();
})();
