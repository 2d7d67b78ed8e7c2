/**
 * The document as the terminal emulator sees it. The emulator writes style elements and `style`
 * attributes, both of which the page's Content-Security-Policy forbids, rightly: text of a job
 * could become one. Style sheets and style properties that are set by a script are not inline, so
 * what the emulator makes is given in that form. docs/decisions/0021-dashboard.md.
 */

const create = document.createElement.bind(document);

function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
  if (name === 'style') return sheetElement();
  const element = create(name, options);
  if (name === 'span') element.setAttribute = setAttribute;
  return element;
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

/** Stands where a style element would; what is written into it becomes a sheet of the document. */
function sheetElement(): HTMLElement {
  const element = create('span');
  const sheet = new CSSStyleSheet();
  element.hidden = true;
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', {
    set(text: string) {
      sheet.replaceSync(text);
    },
  });
  element.remove = () => {
    const rest = document.adoptedStyleSheets.filter((other) => other !== sheet);
    document.adoptedStyleSheets = rest;
    Element.prototype.remove.call(element);
  };
  return element;
}

export const strictDocument: Document = new Proxy(document, {
  get(target, name) {
    if (name === 'createElement') return createElement;
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

/** For the places where the emulator takes the global document all the same. */
export function withStrictDocument(action: () => void): void {
  document.createElement = createElement as typeof document.createElement;
  try {
    action();
  } finally {
    Reflect.deleteProperty(document, 'createElement');
  }
}
