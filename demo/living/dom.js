// Elements and numbers: what all parts of the picture are made with. Text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const OWN = ["onclick", "oninput", "onkeydown", "onpointerdown", "onpointerenter", "onpointerleave", "onfocus"];

/** Make an element with its properties, attributes and children. */
export const make = (tag, about = {}, ...children) => dressed(document.createElement(tag), about, children);

/** The same for a piece of an SVG drawing. */
export const draw = (tag, about = {}, ...children) => dressed(document.createElementNS(SVG, tag), about, children);

/** Set attributes; those that are false, null or undefined are taken away. */
export const set = (element, about) => {
    for (const [name, value] of Object.entries(about)) {
        if (name === "textContent") write(element, value);
        else if (OWN.includes(name)) {
            if (element[name] !== value) element[name] = value;
        } else if (value === false || value === null || value === undefined) element.removeAttribute(name);
        else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
    }
    return element;
};

/** Return a sentence with its {names} filled in. */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Return a share in whole per cent, never 0% or 100% for what is not; as glamor.words.percent says it. */
export const percent = (share) => {
    const shown = `${Math.round(share * 100)}%`;
    if (shown === "100%" && share < 1) return "> 99%";
    return shown === "0%" && share > 0 ? "< 1%" : shown;
};

/** Return a share in per cent with one decimal. */
export const exact = (share) => `${(share * 100).toFixed(1)}%`;

/** Return a number with two decimals and a true minus. */
export const signed = (value) => value.toFixed(2).replace("-", "−");

/** Return one numbered part of the picture, with a gloss under its title. */
export const part = (name, number, title, ...children) => {
    const gloss = make("p", {class: "gloss"});
    const heading = make("h3", {}, make("span", {class: "number", "aria-hidden": "true", textContent: number}), title);
    return {gloss, element: make("section", {class: `part ${name}`}, heading, gloss, ...children)};
};

/** Set an element's text; in the node that holds it already, which spares a browser half of its work on styles. */
const write = (element, text) => {
    const node = element.firstChild;
    if (node?.nodeType !== Node.TEXT_NODE || node.nextSibling) element.textContent = text;
    else if (node.data !== String(text)) node.data = text;
};

const dressed = (element, about, children) => {
    set(element, about);
    element.append(...children);
    return element;
};
