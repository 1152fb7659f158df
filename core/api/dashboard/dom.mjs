// SPDX-License-Identifier: Apache-2.0
// The few words the page's views are written in. Text is always set as text: nothing that the agent
// says can become markup.

const SVG = "http://www.w3.org/2000/svg";

function appendAll(node, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) {
      node.append(child);
    }
  }
  return node;
}

// h("button", {class: "quiet", type: "button", onclick: f}, "Stop"): functions become listeners,
// true an empty attribute; null and false are left out.
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), value);
    } else {
      setAttribute(node, name, value);
    }
  }
  return appendAll(node, children);
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(node, name, value);
  }
  return appendAll(node, children);
}

// Of the sprite in index.html. Decoration: the word stands beside it.
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

export function setIcon(node, name) {
  setAttribute(node.querySelector("use"), "href", `#icon-${name}`);
}

// The following touch the document only when something is different, so that what is looked at,
// selected or focused stays.

export function setText(node, text) {
  const wanted = text ?? "";
  if (node.textContent !== wanted) {
    node.textContent = wanted;
  }
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
    node.setAttribute(name, value === true ? "" : value);
  }
}

export function show(node, visible) {
  node.hidden = !visible;
}

// Children of `parent`, one for each item in the items' order. `views` (a Map) keeps them by key;
// make(item) gives an object with `root` and update(item).
export function syncList(parent, views, items, keyOf, make) {
  const wanted = new Set(items.map(keyOf));
  for (const [key, view] of views) {
    if (!wanted.has(key)) {
      view.root.remove();
      view.end?.();
      views.delete(key);
    }
  }
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    if (!views.has(key)) {
      views.set(key, make(item));
    }
    const view = views.get(key);
    view.update(item);
    if (view.root === place) {
      place = place.nextSibling;
    } else {
      parent.insertBefore(view.root, place);
    }
  }
}

let lastId = 0;

// An id for aria-labelledby and its like.
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
