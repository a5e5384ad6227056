// Elements from data. Text is only ever set as text, so that no article can become markup.

/** h('a.title', {href}, 'text', child, …), or without {…}: null and false among the children are left out. */
export function h(what, ...content) {
  return fill('http://www.w3.org/1999/xhtml', what, content);
}

export function svg(what, ...content) {
  return fill('http://www.w3.org/2000/svg', what, content);
}

function fill(space, what, content) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElementNS(space, tag);
  const props = content[0]?.constructor === Object ? content.shift() : {};
  if (classes.length) {
    element.setAttribute('class', classes.join(' '));
  }
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...content.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Replaces what is in `element`; the control that had the focus keeps it, known by its data-key. */
export function refill(element, ...children) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && element.contains(focused) ? focused.dataset.key : undefined;
  element.replaceChildren(...children);
  const same = key && [...element.querySelectorAll('[data-key]')].find((e) => e.dataset.key === key);
  if (same) {
    same.focus({ preventScroll: true });
  }
}

/** "a, b and c" of elements or texts. */
export function list(items, last = ' and ', other = ', ') {
  return items.flatMap((item, i) => (i === 0 ? [item] : [i === items.length - 1 ? last : other, item]));
}
