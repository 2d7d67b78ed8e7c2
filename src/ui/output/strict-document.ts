/**
 * The terminal emulator writes style elements and `style` attributes, both of which the page's
 * Content-Security-Policy forbids, rightly: text of a job could become one. Style sheets and style
 * properties that a script sets are not inline, so what the emulator makes is given in that form.
 * It takes the global document in some places, whatever it is told: so that is where this happens.
 * docs/decisions/0021-dashboard.md.
 */

let isStrict = false;

export function makeDocumentStrict(): void {
  if (isStrict) return;
  isStrict = true;
  const create = document.createElement.bind(document);
  const createStrictly = (name: string, options?: ElementCreationOptions): HTMLElement => {
    if (name === 'style') return sheetElement(create('span'));
    const element = create(name, options);
    if (name === 'span') element.setAttribute = setAttribute;
    return element;
  };
  document.createElement = createStrictly as typeof document.createElement;
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

/** Stands where a style element would; what is written into it becomes a sheet of the document. */
function sheetElement(element: HTMLElement): HTMLElement {
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
